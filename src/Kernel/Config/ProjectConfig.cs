using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Kernel.Config;

/// <summary>A configuration and where it was found.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Folder">The folder of lockkeeper.yaml.</param>
public sealed record LocatedConfig(ProjectConfig Config, string Folder)
{
    /// <summary>What stands in the file and is probably not meant so, such as a password; empty when there is nothing.</summary>
    public IReadOnlyList<Finding> Warnings { get; init; } = [];
}

/// <summary>lockkeeper.yaml, checked. Keys, defaults and their meaning are declared once in <c>ConfigShape</c>.</summary>
public sealed record ProjectConfig
{
    /// <summary>The project's name.</summary>
    public required string Project { get; init; }

    /// <summary>Where the ledger lives, and what the server keeps: <c>sqlite:PATH</c>, relative to the file, or the URL of a PostgreSQL database with secret references. Default <c>sqlite:.lockkeeper/state.db</c>.</summary>
    public string State { get; init; } = "sqlite:.lockkeeper/state.db";

    /// <summary>The databases by name.</summary>
    public required IReadOnlyList<DatabaseConfig> Databases { get; init; }

    /// <summary>The environments in promotion order.</summary>
    public required IReadOnlyList<EnvironmentConfig> Environments { get; init; }

    /// <summary>People by group, for approvals.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Groups { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Which rules hold for migrations.</summary>
    public PolicyConfig Policy { get; init; } = new();

    /// <summary>The files that declare clusters, as patterns relative to the file. Default <c>clusters/*.yaml</c>.</summary>
    public IReadOnlyList<string> Include { get; init; } = ["clusters/*.yaml"];

    /// <summary>How databases are watched, and who hears of alerts.</summary>
    public ObserveConfig Observe { get; init; } = new();

    /// <summary>How <c>lk serve</c> lets people in besides its own passwords and tokens, and what it does at times.</summary>
    public ServerConfig Server { get; init; } = new();
}

/// <summary>What to do with a migration whose version is older than one that is applied.</summary>
public enum OutOfOrderPolicy
{
    /// <summary>Refuse and name it (the default).</summary>
    Refuse,

    /// <summary>Apply it, and say so.</summary>
    Allow,

    /// <summary>Apply it when a proof is recorded that it and the newer ones give the same schema in either order; refuse it otherwise.</summary>
    Proven,
}

/// <summary>One database of the project: an engine and a series of migrations.</summary>
public sealed record DatabaseConfig
{
    /// <summary>The name, a key under <c>databases</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The engine: <c>postgres</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>The folder of the migrations, relative to lockkeeper.yaml.</summary>
    public required string Migrations { get; init; }

    /// <summary>The format: <c>auto</c> (default), <c>lockkeeper</c>, <c>plain</c> or the name of another tool.</summary>
    public string Format { get; init; } = "auto";

    /// <summary>Placeholder values by name.</summary>
    public IReadOnlyDictionary<string, string> Placeholders { get; init; } = new Dictionary<string, string>();

    /// <summary>The path of the migrations folder as a Liquibase changelog writes it, such as <c>db/changelog</c>; empty to find it from its includes.</summary>
    public string ChangelogRoot { get; init; } = "";

    /// <summary>The contexts of a Liquibase changelog that hold for this database; with none, every changeset does.</summary>
    public IReadOnlyList<string> Contexts { get; init; } = [];

    /// <summary>An expression over the labels of a Liquibase changelog; empty for every changeset.</summary>
    public string LabelFilter { get; init; } = "";

    /// <summary>Schemas on the search path while migrations run; empty for the server's own.</summary>
    public IReadOnlyList<string> SearchPath { get; init; } = [];

    /// <summary>How long a statement may wait for a lock before it is tried again. Default 1 s.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many times a migration that met a lock is tried again. Default 10.</summary>
    public int LockRetries { get; init; } = 10;

    /// <summary>How long a statement of a migration may run, unless its file says; null for the server's own setting.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary>How long others may wait for a migration, and a migration for others.</summary>
    public LocksConfig Locks { get; init; } = new();

    /// <summary>How backfills go through it.</summary>
    public BackfillConfig Backfill { get; init; } = new();

    /// <summary>What to do with a migration that arrives late.</summary>
    public OutOfOrderPolicy OutOfOrder { get; init; }

    /// <summary>Whether verify scripts run after their migrations; null for what the format's own settings say.</summary>
    public bool? Verify { get; init; }
}

/// <summary>What happens to what a run applied when it fails.</summary>
public enum OnFailure
{
    /// <summary>It stays, and the report says what is in place (the default).</summary>
    Stop,

    /// <summary>It is rolled back with its down files, when each migration of the run has one.</summary>
    Rollback,
}

/// <summary>One environment.</summary>
public sealed record EnvironmentConfig
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Where each database is, by its name.</summary>
    public required IReadOnlyDictionary<string, TargetConfig> Targets { get; init; }

    /// <summary>Commands that must pass after a release is applied, before it may be promoted.</summary>
    public IReadOnlyList<GateConfig> Gates { get; init; } = [];

    /// <summary>Who must approve a run; null when nobody must.</summary>
    public ApprovalConfig? Approvals { get; init; }

    /// <summary>When changes may start; null for always.</summary>
    public WindowConfig? Window { get; init; }

    /// <summary>What happens when a run fails.</summary>
    public OnFailure OnFailure { get; init; }

    /// <summary>What is watched after a release is applied; null for nothing.</summary>
    public HealthConfig? Health { get; init; }

    /// <summary>Whether only releases that passed the environment before may come here. Default true.</summary>
    public bool RequirePromotion { get; init; } = true;

    /// <summary>Whether a plan is refused whose migrations have no way back that <c>lk migrate prove</c> has gone. Default false.</summary>
    public bool RequireWayBack { get; init; }

    /// <summary>What must agree before an old form is taken away.</summary>
    public ContractConfig Contract { get; init; } = new();
}

/// <summary>A command that must exit with 0.</summary>
public sealed record GateConfig
{
    /// <summary>Its name in reports.</summary>
    public required string Name { get; init; }

    /// <summary>The command line, run by <c>sh -c</c> in the project folder with <c>DATABASE_URL</c> and the <c>PG*</c> variables set.</summary>
    public required string Run { get; init; }

    /// <summary>Time limit. Default 10 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>Approvals that a run needs.</summary>
public sealed record ApprovalConfig
{
    /// <summary>How many different people. Default 1.</summary>
    public int Required { get; init; } = 1;

    /// <summary>Groups that they must belong to; empty for anybody but the requester.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}

/// <summary>When changes may start.</summary>
public sealed record WindowConfig
{
    /// <summary>The days. Default all.</summary>
    public IReadOnlyList<DayOfWeek> Days { get; init; } = [];

    /// <summary>From this time of the day. Default 00:00.</summary>
    public TimeOnly From { get; init; } = TimeOnly.MinValue;

    /// <summary>To this time of the day, not included; earlier than <see cref="From"/> means past midnight. Default 24:00.</summary>
    public TimeOnly? To { get; init; }

    /// <summary>The time zone, an IANA name. Default UTC.</summary>
    public string Zone { get; init; } = "UTC";
}

/// <summary>What is watched after a release was applied.</summary>
public sealed record HealthConfig
{
    /// <summary>For how long.</summary>
    public required TimeSpan For { get; init; }

    /// <summary>Highest allowed ratio of the statements' p95 after to before; null for no limit.</summary>
    public double? MaxP95Ratio { get; init; }

    /// <summary>Highest allowed number of sessions that wait for a lock; null for no limit.</summary>
    public int? MaxWaiting { get; init; }
}
