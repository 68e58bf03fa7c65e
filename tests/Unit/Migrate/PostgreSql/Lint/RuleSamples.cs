using System.Globalization;
using System.Text;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Host.Reference;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.PostgreSql.Lint;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.TestKit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Lint;

/// <summary>The samples of the rules: tests/Unit/Rules/RULE/{bad.sql,good.sql,expected.txt}, and where needed before.sql for an earlier release, target.txt for a target, sequences.txt for how far its sequences are, in-place.txt for files that are in place.</summary>
/// <remarks>A line <c>-- file: NAME</c> in a sample starts a further file of the same series.</remarks>
internal static class RuleSamples
{
    private const string FileMark = "-- file: ";

    /// <summary>Where they are, from the root of the repository.</summary>
    public const string Shown = "tests/Unit/Rules";

    public static string Folder { get; } = RepositoryRoot.Path(Shown);

    /// <summary>The samples of a rule as they stand; null for a rule that has none.</summary>
    public static RuleSample? Of(RuleInfo rule)
    {
        var folder = Path.Combine(Folder, rule.Id);
        return Directory.Exists(folder) ? new RuleSample(Text("before.sql"), Text("bad.sql")!, Text("good.sql")!) { Queries = Text("queries.sql"), Sequences = Text("sequences.txt"), InPlace = Text("in-place.txt") } : null;

        string? Text(string name) => Path.Combine(folder, name) is var file && File.Exists(file) ? File.ReadAllText(file) : null;
    }

    /// <summary>What a rule says of one of its samples, a line a finding: <c>FILE:LINE:COLUMN: severity: message</c>.</summary>
    public static string Findings(string rule, string sample)
    {
        var folder = Path.Combine(Folder, rule);
        var before = Path.Combine(folder, "before.sql");
        var files = new List<(string Name, string Text)>();
        if (File.Exists(before))
            files.AddRange(Files("before.sql", File.ReadAllText(before)));
        var earlier = files.Count;
        files.AddRange(Files(sample, File.ReadAllText(Path.Combine(folder, sample))));
        var text = new StringBuilder();
        foreach (var finding in Lint(files, earlier, TargetOf(folder), InPlace(folder)).Where(finding => finding.Rule == rule))
            text.Append(finding.At).Append(": ").Append(finding.Severity.ToString().ToLowerInvariant()).Append(": ").Append(finding.Message).Append('\n');
        return text.ToString();
    }

    /// <summary>A target that has what before.sql makes, where there is a target.txt, with its version as <c>server 150004</c>, or a queries.sql, with a statement a line and its calls in a comment behind it, or a sequences.txt; null without all three.</summary>
    private static CatalogFacts? TargetOf(string folder)
    {
        var (version, queries, before) = (Path.Combine(folder, "target.txt"), Path.Combine(folder, "queries.sql"), Path.Combine(folder, "before.sql"));
        var sequences = Path.Combine(folder, "sequences.txt");
        if (!File.Exists(version) && !File.Exists(queries) && !File.Exists(sequences))
            return null;
        var known = File.Exists(queries) ? File.ReadLines(queries).Select(line => line.Split("; -- ")).Select(parts => new KnownQuery(parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture))) : [];
        var server = File.Exists(version) ? int.Parse(File.ReadAllText(version).Split(' ')[1], CultureInfo.InvariantCulture) : 150_000;
        var schema = File.Exists(before) ? Replay(File.ReadAllText(before)) : KnownSchema.Empty;
        return new CatalogFacts(File.Exists(sequences) ? WithSequences(schema, File.ReadLines(sequences)) : schema, server, []) { Queries = [.. known] };
    }

    /// <summary>Sequences, one a line: column, last number, end, and <c>identity</c> for one.</summary>
    private static KnownSchema WithSequences(KnownSchema schema, IEnumerable<string> lines)
    {
        foreach (var words in lines.Select(line => line.Split(' ')))
        {
            var (table, column) = (words[0][..words[0].LastIndexOf('.')], words[0][(words[0].LastIndexOf('.') + 1)..]);
            var sequence = new KnownSequence($"{table}_{column}_seq", Number(words[1]), Number(words[2]), words is [.., "identity"]);
            schema = schema.Change(table, known => known.Change(column, one => one with { Sequence = sequence }));
        }

        return schema;

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }

    private static IReadOnlySet<string> InPlace(string folder) =>
        Path.Combine(folder, "in-place.txt") is var file && File.Exists(file) ? File.ReadLines(file).ToHashSet() : new HashSet<string>();

    /// <summary>What is known after statements.</summary>
    public static KnownSchema Replay(string sql, KnownSchema? before = null)
    {
        var schema = before ?? KnownSchema.Empty;
        foreach (var statement in SqlSplitter.Split(sql, "test.sql"))
        {
            var parsed = SqlParser.Parse(statement);
            schema = SchemaReplay.After(schema, parsed);
        }

        return schema;
    }

    /// <summary>Every finding in files of one series, each file a release of its own.</summary>
    /// <param name="files">Names and texts in order.</param>
    /// <param name="earlier">How many of the first ones are only known of.</param>
    /// <param name="target">What is known of a target.</param>
    /// <param name="inPlace">The files that are in place already, wherever they stand.</param>
    public static IReadOnlyList<Finding> Lint(IReadOnlyList<(string Name, string Text)> files, int earlier = 0, CatalogFacts? target = null, IReadOnlySet<string>? inPlace = null)
    {
        var migrations = files.Select(file => new Migration(file.Name, MigrationKind.Planned, null, file.Name, MigrationScript.Of(file.Text, file.Name), null)).ToList();
        var series = new MigrationSeries("shop", "plain", "a test", migrations);
        var chosen = migrations.Skip(earlier).Where(migration => inPlace?.Contains(migration.Id) != true).ToHashSet();
        var input = new LintInput(series, new DatabaseConfig { Name = "shop", Engine = "postgres", Migrations = "migrations" }, chosen.Contains)
        {
            Target = target,
            LaterInPlace = inPlace is null ? _ => null : LateMigrations.Of(series, migration => inPlace.Contains(migration.Id)),
        };
        return [.. new PostgreSqlLinter().Lint(input, CancellationToken.None).SelectMany(script => script.Findings)];
    }

    /// <summary>The findings of one file by one rule, as messages.</summary>
    public static IReadOnlyList<string> Messages(string rule, string sql, string before = "") =>
        [.. Lint(before.Length == 0 ? [("new.sql", sql)] : [("before.sql", before), ("new.sql", sql)], before.Length == 0 ? 0 : 1).Where(finding => finding.Rule == rule).Select(finding => finding.Message)];

    private static IEnumerable<(string Name, string Text)> Files(string name, string text)
    {
        var current = new StringBuilder();
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(FileMark, StringComparison.Ordinal))
            {
                if (current.ToString().Trim().Length > 0)
                    yield return (name, current.ToString());
                (name, current) = (line[FileMark.Length..].Trim(), new StringBuilder());
                continue;
            }

            current.Append(line).Append('\n');
        }

        yield return (name, current.ToString());
    }
}
