namespace Lockkeeper.Kernel.Config;

/// <summary>How databases are watched, and who hears of it.</summary>
public sealed record ObserveConfig
{
    /// <summary>How often each target is read. Default 15 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether what statements cost is noted around deploys, where the database has pg_stat_statements. Default true.</summary>
    public bool Deploys { get; init; } = true;

    /// <summary>The URL of a Prometheus that scrapes <c>lk observe serve</c>; the past is read from it instead of the file beside the ledger. Null for none.</summary>
    public string? Prometheus { get; init; }

    /// <summary>How much of the past is kept.</summary>
    public HistoryConfig History { get; init; } = new();

    /// <summary>URLs of PgBouncers that somebody else keeps, with secret references, by the names that they are observed by.</summary>
    public IReadOnlyDictionary<string, string> Poolers { get; init; } = new Dictionary<string, string>();

    /// <summary>Changes to built-in alert rules, by their names.</summary>
    public IReadOnlyDictionary<string, AlertSetting> Alerts { get; init; } = new Dictionary<string, AlertSetting>();

    /// <summary>Alert rules of the project itself.</summary>
    public IReadOnlyList<OwnAlertConfig> OwnAlerts { get; init; } = [];

    /// <summary>Who is told of alerts.</summary>
    public IReadOnlyList<ReceiverConfig> Receivers { get; init; } = [];

    /// <summary>After how long those who were told of an alert that still fires are told again. Default 4 h.</summary>
    public TimeSpan RepeatAfter { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How long further alerts of the same target are waited for before the first message. Default 30 s.</summary>
    public TimeSpan GroupWait { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>How much of the past is kept.</summary>
public sealed record HistoryConfig
{
    /// <summary>How long values stay as they were read. Default 6 h.</summary>
    public TimeSpan Raw { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How long one value a minute stays. Default 7 d.</summary>
    public TimeSpan Minutes { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long one value in ten minutes stays. Default 90 d.</summary>
    public TimeSpan TenMinutes { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How many bytes all of it may take; past it the oldest goes first. Default 1 GB.</summary>
    public long MostBytes { get; init; } = 1L << 30;
}

/// <summary>What a project changes of a built-in alert rule; null leaves it.</summary>
public sealed record AlertSetting
{
    /// <summary>Whether the rule holds.</summary>
    public bool Off { get; init; }

    /// <summary>The threshold, in the rule's unit.</summary>
    public double? Threshold { get; init; }

    /// <summary>How long the condition must hold.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>How much it matters: <c>warning</c> or <c>critical</c>.</summary>
    public string? Severity { get; init; }
}

/// <summary>An alert rule of the project itself.</summary>
public sealed record OwnAlertConfig
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The condition in PromQL.</summary>
    public required string Expression { get; init; }

    /// <summary>How long the condition must hold. Default 0.</summary>
    public TimeSpan For { get; init; }

    /// <summary><c>warning</c> (default) or <c>critical</c>.</summary>
    public string Severity { get; init; } = "warning";

    /// <summary>One sentence; <c>{label}</c> and <c>{value}</c> stand for those of the alert.</summary>
    public required string Summary { get; init; }

    /// <summary>What to do about it: text or an address.</summary>
    public string Runbook { get; init; } = "";
}

/// <summary>Who is told of alerts, in one of four ways.</summary>
public sealed record ReceiverConfig
{
    /// <summary>What it is called in the log and in exported files.</summary>
    public required string Name { get; init; }

    /// <summary>The least severity that it is told: <c>warning</c> (default) or <c>critical</c>.</summary>
    public string Severity { get; init; } = "warning";

    /// <summary>An address that takes Alertmanager's webhook JSON; may hold secret references.</summary>
    public string? Webhook { get; init; }

    /// <summary>An incoming webhook of Slack or of what speaks like it; may hold secret references.</summary>
    public string? Slack { get; init; }

    /// <summary>A mail.</summary>
    public MailConfig? Mail { get; init; }

    /// <summary>A command, run by sh in the project's folder; it reads Alertmanager's webhook JSON from standard input.</summary>
    public string? Command { get; init; }
}

/// <summary>How mail is sent.</summary>
public sealed record MailConfig
{
    /// <summary>The server.</summary>
    public required string Server { get; init; }

    /// <summary>Its port. Default 587.</summary>
    public int Port { get; init; } = 587;

    /// <summary>Whether the connection must turn to TLS (STARTTLS). Default true.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>Whom it is from.</summary>
    public required string From { get; init; }

    /// <summary>Whom it goes to.</summary>
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>The user to sign in as; null to send without.</summary>
    public string? User { get; init; }

    /// <summary>A reference to the password.</summary>
    public string? Password { get; init; }
}
