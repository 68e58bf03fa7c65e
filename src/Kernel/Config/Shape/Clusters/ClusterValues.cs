using System.Globalization;
using System.Text;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>The shapes of values that several keys of a cluster share.</summary>
internal static class ClusterValues
{
    /// <summary>A name in a catalog, as it is there.</summary>
    public static ScalarShape<string> Identifier { get; } = new(
        "a name", "A name has 1 to 63 bytes of UTF-8 and no control characters.",
        (YamlScalar scalar, string _, out string value) =>
        {
            value = scalar.Text;
            return value.Length > 0 && Encoding.UTF8.GetByteCount(value) <= 63 && !value.Any(char.IsControl) ? null : new Mistake();
        },
        """{ "type": "string", "minLength": 1, "maxLength": 63 }""");

    /// <summary>A number of sessions, or -1.</summary>
    public static ScalarShape<int> Limit { get; } = new(
        "a whole number from -1 on", "Write -1 for no limit.",
        (YamlScalar scalar, string _, out int value) =>
            int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && scalar.IsPlain && value >= -1 ? null : new Mistake(),
        """{ "type": "integer", "minimum": -1 }""");

    /// <summary>Settings by name, with their places: only the server knows which there are.</summary>
    public static MapShape<Placed<string>> Settings { get; } = new(new PlacedValueShape<string>(Values.AnyText), "settings");

    /// <summary>Roles, or one.</summary>
    public static OneOrMoreShape<string> Roles { get; } = new(Identifier, "roles");

    /// <summary>Privileges in any case, or one.</summary>
    public static OneOrMoreShape<string> Privileges { get; } = new(
        new ScalarShape<string>(
            "a privilege", "Write SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN, CREATE, CONNECT, TEMPORARY, EXECUTE, USAGE or ALL.",
            (YamlScalar scalar, string _, out string value) =>
            {
                value = scalar.Text.ToUpperInvariant();
                if (value == "TEMP")
                    value = "TEMPORARY";
                return All.Contains(value, StringComparer.Ordinal) ? null : new Mistake(Hint: NearestName.Of(scalar.Text, All) is { } near ? $"Did you mean '{near.ToLowerInvariant()}'?" : null);
            },
            $$"""{ "type": "string", "enum": ["{{string.Join("\", \"", All.Select(one => one.ToLowerInvariant()))}}"] }"""),
        "privileges");

    /// <summary>An amount of memory or disk, such as <c>16GB</c>.</summary>
    public static ScalarShape<long> Bytes { get; } = new(
        "a size with a unit", "Write it as 512MB, 16GB or 2TB.",
        (YamlScalar scalar, string _, out long value) =>
        {
            value = 0;
            foreach (var (unit, factor) in Units)
            {
                if (!scalar.Text.EndsWith(unit, StringComparison.Ordinal))
                    continue;
                var right = double.TryParse(scalar.Text.AsSpan(0, scalar.Text.Length - unit.Length).Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0 && number < 100_000;
                value = (long)(number * factor);
                return right ? null : new Mistake();
            }

            return new Mistake();
        },
        """{ "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? *(MB|GB|TB)$" }""");

    /// <summary>A reference to a secret, never the secret.</summary>
    public static ScalarShape<string> Secret { get; } = new(
        "a secret reference", "Write ${env:NAME}, ${file:PATH} or ${exec:COMMAND}: a secret never stands in the file.",
        (YamlScalar scalar, string label, out string value) =>
        {
            value = scalar.Text;
            try
            {
                var parts = SecretText.Parse(value);
                return parts.Count > 0 && parts.All(part => part.Kind != SecretKind.Literal) ? null : new Mistake($"{label} must be a secret reference, but it is written out");
            }
            catch (LockkeeperException e)
            {
                return new Mistake($"{label}: {e.Message}", e.Hint, e.Code);
            }
        },
        """{ "type": "string", "pattern": "^\\$\\{(env|file|exec):.+\\}$" }""")
    {
        IsSecret = true,
    };

    /// <summary>The folder of a repository, from the root of its host or of its bucket on.</summary>
    public static ScalarShape<string> RepositoryPath { get; } = new(
        "a path from the root on", "Write it from the root on, for example /var/lib/pgbackrest.",
        (YamlScalar scalar, string _, out string value) =>
        {
            value = scalar.Text.Length > 1 ? scalar.Text.TrimEnd('/') : "";
            return value.StartsWith('/') && value[1..].Split('/').All(part => part is not ("" or "." or "..")) && !value.Any(char.IsControl) ? null : new Mistake();
        },
        """{ "type": "string", "pattern": "^/[^/]+(/|$)" }""");

    /// <summary>Five fields of cron.</summary>
    public static ScalarShape<string> Cron { get; } = new(
        "five fields of cron", "Write minute, hour, day of the month, month and day of the week, for example \"0 3 * * sun\".",
        (YamlScalar scalar, string _, out string value) =>
        {
            value = string.Join(' ', scalar.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return CronText.IsValid(value) ? null : new Mistake();
        },
        """{ "type": "string", "pattern": "^\\s*(\\S+\\s+){4}\\S+\\s*$" }""");

    private static string[] All => ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN", "CREATE", "CONNECT", "TEMPORARY", "TEMP", "EXECUTE", "USAGE", "ALL"];

    private static (string Unit, long Factor)[] Units => [("MB", 1L << 20), ("GB", 1L << 30), ("TB", 1L << 40)];
}
