using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.PostgreSql.Rules;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Looks at migrations for PostgreSQL.</summary>
internal sealed class PostgreSqlLinter : ILinter
{
    /// <summary>Files whose trees are in memory at the same time: enough to keep the cores busy, and few, since the garbage collector moves what lives and the buffers of
    /// many trees do not fit back into their pool.</summary>
    private const int AtOnce = 32;

    public string Engine => "postgres";

    public IReadOnlyList<RuleInfo> Rules { get; } = [SyntaxError.Rule, .. RuleList.All.Select(rule => rule.Info)];

    public IReadOnlyList<ScriptFindings> Lint(LintInput input, CancellationToken cancel)
    {
        var found = new List<ScriptFindings>();
        Visit(input, (_, findings) => found.Add(findings), cancel);
        return found;
    }

    /// <summary>Looks at migrations, and hands over each that has a finding or a suppression while its tree is there.</summary>
    /// <param name="input">Which ones, and what is known.</param>
    /// <param name="visit">Gets them in the order of the series.</param>
    /// <param name="cancel">Gives up.</param>
    public static void Visit(LintInput input, Action<LintedScript, ScriptFindings> visit, CancellationToken cancel)
    {
        var placeholders = new Placeholders(input.Series.Format, PlaceholderValues.For(input.Series.Format, input.Database));
        var schema = (input.Target as CatalogFacts)?.Schema ?? KnownSchema.Empty with { DefaultSchema = input.Database.SearchPath.FirstOrDefault() ?? "public" };
        var defaultSchema = schema.DefaultSchema;
        // The catalog knows what the files that are applied made of it; without one, they tell.
        var migrations = input.Series.Migrations.Where(migration => !migration.Disabled && (input.Target is null || input.IsChosen(migration))).ToList();
        IReadOnlyList<IRule<LintedScript>> rules = [.. RuleList.All.Where(rule => input.IsWanted(rule.Info))];
        foreach (var chunk in migrations.Chunk(AtOnce))
        {
            var parsed = new LintParser[chunk.Length];
            Parallel.For(0, chunk.Length, new ParallelOptions { CancellationToken = cancel }, index => parsed[index] = LintParser.Parse(chunk[index], placeholders));
            var scripts = new LintedScript?[chunk.Length];
            for (var index = 0; index < chunk.Length; index++)
                (schema, scripts[index]) = Follow(schema with { DefaultSchema = defaultSchema }, parsed[index], input);
            var results = new ScriptFindings?[chunk.Length];
            Parallel.For(0, chunk.Length, new ParallelOptions { CancellationToken = cancel }, index => results[index] = Check(scripts[index], parsed[index], rules, input));
            for (var index = 0; index < chunk.Length; index++)
            {
                if (results[index] is { } findings)
                    visit(scripts[index]!, findings);
            }
        }
    }

    public async Task<ITargetFacts> ReadTargetAsync(DatabaseConfig database, string url, Redactor redactor, CancellationToken cancel)
    {
        var server = PostgreSqlServer.At(url, redactor);
        try
        {
            return await CatalogReader.ReadAsync(server, database.SearchPath, cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, server.Name);
        }
    }

    /// <summary>What is known at each statement of a script.</summary>
    private static (KnownSchema After, LintedScript? Script) Follow(KnownSchema schema, LintParser parsed, LintInput input)
    {
        var isChosen = input.IsChosen(parsed.Migration);
        // What was there before the release must not share a number with it, the last migration before it least of all.
        schema = schema with { Release = !input.IsOneRelease ? schema.Release + 1 : isChosen ? 1 : 0 };
        var statements = new List<LintedStatement>(parsed.Statements.Count);
        foreach (var statement in parsed.Statements)
        {
            statements.Add(new LintedStatement(statement, schema));
            schema = SchemaReplay.After(schema, statement);
        }

        var script = new LintedScript(parsed.Migration, statements, parsed.InTransaction, input.Target as CatalogFacts) { LaterInPlace = input.LaterInPlace(parsed.Migration) };
        return (schema, isChosen ? script : null);
    }

    private static ScriptFindings? Check(LintedScript? script, LintParser parsed, IReadOnlyList<IRule<LintedScript>> rules, LintInput input)
    {
        if (script is null)
            return null;
        var findings = new List<Finding>(parsed.Problems);
        foreach (var rule in rules)
        {
            foreach (var finding in rule.Check(script))
                findings.Add(rule.Info.GrowsWithTable ? Lighter(finding, input) : finding);
        }

        return findings.Count == 0 && parsed.Suppressions.Count == 0 ? null : new ScriptFindings(script.Migration, script.Script.File, findings, parsed.Suppressions);
    }

    /// <summary>On a table that the target says is small, what would be a long lock elsewhere is over at once.</summary>
    private static Finding Lighter(Finding finding, LintInput input) =>
        finding.Subject is { } subject && (input.Target as CatalogFacts)?.Schema.Table(subject) is { Rows: >= 0, Bytes: < CatalogFacts.SmallTableBytes }
            ? finding with { Severity = Severity.Info }
            : finding;
}
