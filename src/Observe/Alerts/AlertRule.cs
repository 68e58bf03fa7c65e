using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Alerts;

/// <summary>How much an alert matters.</summary>
public enum AlertSeverity
{
    /// <summary>Somebody should look at it in working hours.</summary>
    Warning,

    /// <summary>Somebody must look at it now.</summary>
    Critical,
}

/// <summary>What the numbers of a threshold and of an alert's value are.</summary>
public enum AlertUnit
{
    /// <summary>A plain number.</summary>
    Number,

    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>A part of one, shown as percent.</summary>
    Ratio,
}

/// <summary>A rule that raises alerts, declared once: evaluated here, exported for Prometheus, documented by its runbook.</summary>
public sealed record AlertRule
{
    /// <summary>The name, as Prometheus shows it.</summary>
    public required string Name { get; init; }

    /// <summary>What the rule is about: the name of its group in exported files.</summary>
    public required string Group { get; init; }

    /// <summary>How much it matters.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>The condition in PromQL; <c>$threshold</c> stands for the threshold. Each series that it gives is an alert.</summary>
    public required string Expression { get; init; }

    /// <summary>The number that a project may change; null when there is none.</summary>
    public double? Threshold { get; init; }

    /// <summary>What the numbers are.</summary>
    public AlertUnit Unit { get; init; }

    /// <summary>How long the condition must hold before the alert fires.</summary>
    public TimeSpan For { get; init; }

    /// <summary>One sentence for people; <c>{label}</c> and <c>{value}</c> stand for those of the alert.</summary>
    public required string Summary { get; init; }

    /// <summary>What to do about it.</summary>
    public required Runbook Runbook { get; init; }

    /// <summary>The condition with the threshold in its place.</summary>
    public string Condition => Threshold is { } threshold ? Expression.Replace("$threshold", threshold.ToString("R", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal) : Expression;

    /// <summary>The condition, read.</summary>
    /// <exception cref="PromQlException">It cannot be understood.</exception>
    public PromQlExpression Parse() => PromQlExpression.Parse(Condition);
}

/// <summary>A page that is read at night: what an alert means and what to do.</summary>
public sealed record Runbook
{
    /// <summary>What is the case when the alert fires.</summary>
    public required string Meaning { get; init; }

    /// <summary>What users notice, now or soon.</summary>
    public required string Impact { get; init; }

    /// <summary>What to look at, in this order; each statement only reads.</summary>
    public required IReadOnlyList<DiagnosisStep> Diagnosis { get; init; }

    /// <summary>What to do, in the order in which it should be tried.</summary>
    public required IReadOnlyList<string> Mitigation { get; init; }
}

/// <summary>One statement of a diagnosis.</summary>
/// <param name="Question">What it answers.</param>
/// <param name="Sql">The statement; it only reads, and runs with the rights of pg_monitor.</param>
public sealed record DiagnosisStep(string Question, string Sql)
{
    /// <summary>The first major version of the server that it runs on; 0 for all.</summary>
    public int Since { get; init; }

    /// <summary>The last major version of the server that it runs on; 0 for no end.</summary>
    public int Until { get; init; }

    /// <summary>Where it runs.</summary>
    public DiagnosisPlace Place { get; init; }
}

/// <summary>Where a statement of a diagnosis runs.</summary>
public enum DiagnosisPlace
{
    /// <summary>In the database that the alert names, or the one that is connected to.</summary>
    Database,

    /// <summary>In the administration console of the pooler.</summary>
    Pooler,
}
