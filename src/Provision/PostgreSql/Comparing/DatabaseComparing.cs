using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>Databases as a whole.</summary>
internal static class DatabaseComparing
{
    private static readonly string[] Servers = ["postgres", "template0", "template1"];

    public static IEnumerable<Difference> Compare(ClusterConfig declared, LiveCluster live)
    {
        foreach (var (name, database) in declared.Databases)
        {
            var all = live.Databases.TryGetValue(name, out var now) ? Changed(name, database, now) : [Made(name, database)];
            foreach (var difference in all)
                yield return difference;
        }

        foreach (var database in live.Databases.Values.Where(one => !declared.Databases.ContainsKey(one.Name) && !Servers.Contains(one.Name, StringComparer.Ordinal) && one.Name != live.Home).OrderBy(one => one.Name, StringComparer.Ordinal))
            yield return Undeclared(declared, database);
    }

    private static Difference Made(string name, Placed<ClusterDatabaseConfig> database)
    {
        var wanted = database.Value;
        var options = new List<string> { $"TEMPLATE {SqlText.Identifier(wanted.Template)}" };
        if (wanted.Owner is { } owner)
            options.Add($"OWNER {SqlText.Identifier(owner.Value)}");
        if (wanted.Encoding is { } encoding)
            options.Add($"ENCODING {SqlText.Literal(encoding)}");
        if (wanted.Locale is { } locale)
            options.Add($"LOCALE {SqlText.Literal(locale)}");
        if (wanted.ConnectionLimit >= 0)
            options.Add(string.Create(CultureInfo.InvariantCulture, $"CONNECTION LIMIT {wanted.ConnectionLimit}"));
        return new Difference
        {
            Phase = Phase.Databases,
            Object = $"database {name}",
            Change = $"new{(wanted.Owner is { } by ? $", owner {by.Value}" : "")}",
            At = database.At,
            Remedy = new Remedy(null, $"CREATE DATABASE {SqlText.Identifier(name)} {string.Join(' ', options)}") { InTransaction = false },
        };
    }

    private static IEnumerable<Difference> Changed(string name, Placed<ClusterDatabaseConfig> database, LiveDatabase now)
    {
        var wanted = database.Value;
        if (wanted.Owner is { } owner && owner.Value != now.Owner)
        {
            yield return new Difference
            {
                Phase = Phase.Databases,
                Object = $"database {name}",
                Change = $"owner {now.Owner} → {owner.Value}",
                At = owner.At,
                Remedy = new Remedy(null, $"ALTER DATABASE {SqlText.Identifier(name)} OWNER TO {SqlText.Identifier(owner.Value)}"),
            };
        }

        if (wanted.ConnectionLimit != now.ConnectionLimit)
        {
            yield return new Difference
            {
                Phase = Phase.DatabaseSettings,
                Object = $"database {name}",
                Change = $"connection_limit {Limit(now.ConnectionLimit)} → {Limit(wanted.ConnectionLimit)}",
                Cost = Cost.NewSessions,
                At = database.At,
                Remedy = new Remedy(null, string.Create(CultureInfo.InvariantCulture, $"ALTER DATABASE {SqlText.Identifier(name)} CONNECTION LIMIT {wanted.ConnectionLimit}")),
            };
        }

        if (wanted.Encoding is { } encoding && !SameName(encoding, now.Encoding))
            yield return Fixed(name, "encoding", now.Encoding, encoding, database.At);
        if (wanted.Locale is { } locale && !(SameName(locale, now.Collation) && SameName(locale, now.CharacterType)))
            yield return Fixed(name, "locale", now.Collation, locale, database.At);
    }

    private static Difference Fixed(string name, string what, string now, string wanted, SourcePosition at) => new()
    {
        Phase = Phase.Databases,
        Object = $"database {name}",
        Change = $"{what} {now} → {wanted}",
        At = at,
        Kept = "it cannot be changed in place: dump the database and load it into a new one",
    };

    private static Difference Undeclared(ClusterConfig declared, LiveDatabase database)
    {
        var drop = declared.Exact.Contains(ExactKind.Databases);
        return new Difference
        {
            Phase = Phase.Removals,
            Object = $"database {database.Name}",
            Change = drop && !declared.Protect ? "dropped (not declared)" : "not declared",
            Cost = drop && !declared.Protect ? Cost.Loss : Cost.None,
            Losses = drop && !declared.Protect ? [$"database {database.Name} with all that is in it"] : [],
            Kept = drop ? declared.Protect ? "the cluster is protected: a database is dropped only with protect: false" : null : "'exact' does not name databases",
            Remedy = drop && !declared.Protect ? new Remedy(null, $"DROP DATABASE {SqlText.Identifier(database.Name)}") { InTransaction = false } : null,
        };
    }

    /// <summary>UTF8 and utf-8 are the same encoding, C.UTF-8 and C.utf8 the same locale.</summary>
    private static bool SameName(string one, string other) => Plain(one) == Plain(other);

    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static string Limit(int limit) => limit < 0 ? "none" : limit.ToString(CultureInfo.InvariantCulture);
}
