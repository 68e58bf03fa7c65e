namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of alert rules.</summary>
internal static class AlertShape
{
    private static readonly ScalarShape<string> Severities = Values.Choice<string>(["warning", "critical"], ["warning", "critical"]);

    private static readonly Key<bool> Off = new("off", Values.Boolean, "Whether the rule is left out.") { Default = "false", Example = "true" };

    private static readonly Key<double> Threshold = new("threshold", Values.Number(0, 1e15), "The threshold, in the unit that the rule's page names.") { Example = "0.9" };

    private static readonly Key<TimeSpan> For = new("for", Values.Duration("30d"), "How long the condition must hold before the alert fires.") { Example = "10m" };

    private static readonly Key<string> Severity = new("severity", Severities, "How much it matters.") { Example = "critical" };

    public static RecordShape<AlertSetting> Setting { get; } = new(
        "an alert rule", [Off, Threshold, For, Severity],
        fields => new AlertSetting { Off = fields.Get(Off), Threshold = fields.NumberOrNull(Threshold), For = fields.NumberOrNull(For), Severity = fields.GetOrNull(Severity) });

    private static readonly Key<string> Name = new("name", Values.Text, "The rule's name.") { Required = true, Example = "ShopIsIdle" };

    private static readonly Key<string> Expression = new("expr", Values.Text, "The condition in PromQL; each series that it gives is an alert.") { Required = true, Example = "pg_up == 0" };

    private static readonly Key<string> OwnSeverity = new("severity", Severities, "How much it matters.") { Default = "warning", Example = "critical" };

    private static readonly Key<string> Summary = new("summary", Values.Text, "One sentence for people; {label} and {value} stand for those of the alert.") { Required = true, Example = "nothing is committed in {datname}" };

    private static readonly Key<string> Runbook = new("runbook", Values.Text, "What to do about it: text or an address.") { Example = "https://wiki.example.org/shop-is-idle" };

    public static RecordShape<OwnAlertConfig> Own { get; } = new(
        "an alert rule of the project", [Name, Expression, For, OwnSeverity, Summary, Runbook],
        fields => new OwnAlertConfig
        {
            Name = fields.Get(Name),
            Expression = fields.Get(Expression),
            For = fields.NumberOrNull(For) ?? TimeSpan.Zero,
            Severity = fields.Get(OwnSeverity),
            Summary = fields.Get(Summary),
            Runbook = fields.GetOrNull(Runbook) ?? "",
        });
}
