using Lockkeeper.Kernel.Config.Yaml;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of an entry of <c>databases</c>.</summary>
internal static class DatabaseShape
{
    /// <summary>Engines that people will look for; each has no code yet.</summary>
    private static readonly string[] LaterEngines = ["mysql", "mariadb", "redis", "elasticsearch", "sqlite"];

    private static readonly string[] Formats =
    [
        "auto", "lockkeeper", "flyway", "plain",
        "goose", "dbmate", "prisma", "diesel", "sqlx", "supabase", "drizzle", "evolve", "atlas", "ef-core", "rails", "grate",
        "liquibase", "sqitch",
    ];

    private static readonly Key<string> Engine = new("engine", EngineName(), "The database engine.") { Required = true, Example = "postgres" };

    private static readonly Key<string> Migrations = new("migrations", Values.Text, "The folder of the migrations, relative to lockkeeper.yaml.")
    {
        Required = true, Example = "migrations/shop",
    };

    private static readonly Key<string> Format = new(
        "format", Values.Choice(Formats, Formats),
        "The tool whose migration files these are: lockkeeper (VERSION_NAME.up.sql with an optional .down.sql, as golang-migrate has them), plain (numbered SQL files), or the tool's name; auto looks at the files.")
    {
        Default = "auto", Example = "flyway",
    };

    private static readonly Key<IReadOnlyDictionary<string, string>> Placeholders = new(
        "placeholders", new MapShape<string>(Values.AnyText, "placeholders"), "Values for the placeholders in the migration files.")
    {
        Example = "{ schema: app }",
    };

    private static readonly Key<string> ChangelogRoot = new(
        "changelog_root", Values.Text,
        "The path of the migrations folder as Liquibase knows it, which is a part of each changeset's identity; without it the includes of the root changelog tell.")
    {
        Example = "db/changelog",
    };

    private static readonly Key<IReadOnlyList<string>> Contexts = new(
        "contexts", new ListShape<string>(Values.Text, "contexts"), "The contexts of a Liquibase changelog that hold; without any, the changesets of every context run. With grate, the environments whose files (NAME.ENV.TEST.sql) run; without any, none of them do.")
    {
        Example = "[test, eu]",
    };

    private static readonly Key<string> LabelFilter = new(
        "label_filter", Values.Text, "An expression over the labels of a Liquibase changelog; changesets with labels for which it does not hold are left out.")
    {
        Example = "\"v2 and !slow\"",
    };

    private static readonly Key<IReadOnlyList<string>> SearchPath = new(
        "search_path", new ListShape<string>(Values.Text, "schemas"), "The schemas on the search path while migrations run; without it the server's own setting holds.")
    {
        Example = "[app, public]",
    };

    private static readonly Key<TimeSpan> LockTimeout = new(
        "lock_timeout", Values.Duration("1h"),
        "How long a statement may wait for a lock before it gives up, so that the sessions queued behind it go on, and is tried again.")
    {
        Default = "1s", Example = "500ms",
    };

    private static readonly Key<int> LockRetries = new("lock_retries", Values.Integer(0, 1000), "How many times a migration that met a lock is tried again.")
    {
        Default = "10", Example = "30",
    };

    private static readonly Key<TimeSpan> StatementTimeout = new(
        "statement_timeout", Values.Duration("7d"),
        "How long a statement of a migration may run; '-- lk: timeout' in a file goes first. Without it the server's own setting holds. A file without a transaction, for index builds and validation, has only its own '-- lk: timeout'.")
    {
        Example = "5m",
    };

    private static readonly Key<LocksConfig> Locks = new("locks", LocksShape.Shape, "How long others may wait for a migration and a migration for others.")
    {
        Example = "{ max_waiting: 5, for: 250ms }",
    };

    private static readonly Key<BackfillConfig> Backfill = new("backfill", BackfillShape.Shape, "How backfills go through it: the size of their batches, and what they wait for.")
    {
        Example = "{ batch_time: 50ms, max_lag: 5s }",
    };

    private static readonly Key<OutOfOrderPolicy> OutOfOrder = new(
        "out_of_order", Values.Choice(["refuse", "allow", "proven"], [OutOfOrderPolicy.Refuse, OutOfOrderPolicy.Allow, OutOfOrderPolicy.Proven]),
        "What happens with a migration that arrives late, with a version below one that is applied: refuse names it and stops, allow applies it, proven applies it when 'lk migrate prove' has recorded that the order makes no difference.")
    {
        Default = "refuse", Example = "allow",
    };

    private static readonly Key<bool> Verify = new(
        "verify", Values.Boolean, "Whether the verify script of a migration runs after it, in a transaction that is rolled back; when it fails, the migration is undone. Without it the format's own settings say so (deploy.verify in sqitch.conf).")
    {
        Example = "true",
    };

    public static RecordShape<DatabaseConfig> Shape { get; } = new(
        "a database", [Engine, Migrations, Format, Placeholders, ChangelogRoot, Contexts, LabelFilter, SearchPath, LockTimeout, LockRetries, StatementTimeout, Locks, Backfill, OutOfOrder, Verify],
        fields => new DatabaseConfig
        {
            Name = "",
            Engine = fields.Get(Engine),
            Migrations = fields.Get(Migrations),
            Format = fields.Get(Format),
            Placeholders = fields.GetOrNull(Placeholders) ?? new Dictionary<string, string>(),
            ChangelogRoot = fields.GetOrNull(ChangelogRoot) ?? "",
            Contexts = fields.GetOrNull(Contexts) ?? [],
            LabelFilter = fields.GetOrNull(LabelFilter) ?? "",
            SearchPath = fields.GetOrNull(SearchPath) ?? [],
            LockTimeout = fields.Get(LockTimeout),
            LockRetries = fields.Get(LockRetries),
            StatementTimeout = fields.NumberOrNull(StatementTimeout),
            Locks = fields.GetOrNull(Locks) ?? new LocksConfig(),
            Backfill = fields.GetOrNull(Backfill) ?? new BackfillConfig(),
            OutOfOrder = fields.Get(OutOfOrder),
            Verify = fields.NumberOrNull(Verify),
        });

    private static ScalarShape<string> EngineName() => new(
        "postgres", "Write postgres.",
        (YamlScalar scalar, string _, out string value) =>
        {
            value = "postgres";
            if (scalar.Text is "postgres" or "postgresql")
                return null;
            return LaterEngines.Contains(scalar.Text.ToLowerInvariant(), StringComparer.Ordinal)
                ? new Mistake($"the engine '{scalar.Text}' is not supported yet", "This version of Lockkeeper works with postgres only.")
                : new Mistake();
        },
        """{ "type": "string", "enum": ["postgres", "postgresql"] }""");
}
