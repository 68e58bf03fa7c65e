using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.PostgreSql.Rules;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Looks at migrations for PostgreSQL.</summary>
internal sealed class PostgreSqlLinter : ILinter
{
    /// <summary>Files whose trees are in memory at the same time: enough to keep the cores busy, and few, since the garbage collector moves what lives.</summary>
    private const int AtOnce = 128;

    /// <summary>The statements that most migrations are made of.</summary>
    private const string SampleScript = """
        CREATE TABLE item (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL DEFAULT 'new', made_at timestamptz DEFAULT now());
        CREATE TABLE line (id bigint PRIMARY KEY, item bigint NOT NULL REFERENCES item (id), price numeric(12, 2), UNIQUE (item, price));
        ALTER TABLE item ADD COLUMN state text NOT NULL DEFAULT 'new';
        ALTER TABLE line ADD CONSTRAINT line_price CHECK (price >= 0);
        ALTER TABLE other ADD CONSTRAINT other_item FOREIGN KEY (item) REFERENCES item (id);
        CREATE INDEX line_item ON line (item);
        CREATE INDEX other_item ON other (item);
        INSERT INTO item (name) SELECT 'name ' || n FROM generate_series(1, 10) n;
        UPDATE other SET state = 'old' WHERE price > 5;
        ALTER TABLE other DROP COLUMN price;
        COMMENT ON TABLE item IS 'items';
        """;

    public string Engine => "postgres";

    public IReadOnlyList<RuleInfo> Rules { get; } = [SyntaxError.Rule, .. RuleList.All.Select(rule => rule.Info)];

    public void Prepare()
    {
        try
        {
            var script = MigrationScript.Of(SampleScript, "sample.sql");
            var migration = new Migration("1", MigrationKind.Versioned, Version: null, "sample", script, Down: null);
            var series = new MigrationSeries("sample", "lockkeeper", "it is one", [migration]);
            Lint(new LintInput(series, new DatabaseConfig { Name = "sample", Engine = Engine, Migrations = "." }, _ => true), CancellationToken.None);
        }
        catch (LockkeeperException)
        {
            // Who looks at a file next is told.
        }
    }

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
        var chunks = migrations.Chunk(AtOnce).ToList();
        var next = chunks.Count == 0 ? [] : ParsedOnAllCores(chunks[0], placeholders, cancel);
        for (var at = 0; at < chunks.Count; at++)
        {
            var parsed = next;
            var following = at + 1 < chunks.Count ? Parsing(chunks[at + 1], placeholders, cancel) : null;
            var scripts = new LintedScript?[parsed.Length];
            for (var index = 0; index < parsed.Length; index++)
                (schema, scripts[index]) = Follow(schema with { DefaultSchema = defaultSchema }, parsed[index], input);
            var results = new ScriptFindings?[parsed.Length];
            OnAllCores.For(parsed.Length, index => results[index] = Check(scripts[index], parsed[index], rules, input), cancel);
            for (var index = 0; index < parsed.Length; index++)
            {
                if (results[index] is { } findings)
                    visit(scripts[index]!, findings);
            }

            next = following?.GetAwaiter().GetResult() ?? [];
        }
    }

    private static LintParser[] ParsedOnAllCores(Migration[] migrations, Placeholders placeholders, CancellationToken cancel)
    {
        var parsed = new LintParser[migrations.Length];
        OnAllCores.For(parsed.Length, index => parsed[index] = LintParser.Parse(migrations[index], placeholders), cancel);
        return parsed;
    }

    /// <summary>Parses while the statements before are followed, which one core has to do by itself.</summary>
    private static Task<LintParser[]> Parsing(Migration[] migrations, Placeholders placeholders, CancellationToken cancel) => Task.Run(
        () =>
        {
            var parsed = new LintParser[migrations.Length];
            for (var index = 0; index < parsed.Length && !cancel.IsCancellationRequested; index++)
                parsed[index] = LintParser.Parse(migrations[index], placeholders);
            cancel.ThrowIfCancellationRequested();
            return parsed;
        },
        CancellationToken.None);

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
        var statements = new LintedStatement[parsed.Statements.Count];
        for (var index = 0; index < statements.Length; index++)
        {
            statements[index] = new LintedStatement(parsed.Statements[index], schema);
            schema = SchemaReplay.After(schema, parsed.Statements[index]);
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
