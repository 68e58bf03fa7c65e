namespace Lockkeeper.Observe.Dashboards;

/// <summary>How a chart's values are written.</summary>
public enum PanelUnit
{
    /// <summary>Plain numbers.</summary>
    Number,

    /// <summary>A second.</summary>
    PerSecond,

    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Bytes a second.</summary>
    BytesPerSecond,

    /// <summary>A part of one, shown as percent.</summary>
    Ratio,
}

/// <summary>How a panel shows its values.</summary>
public enum PanelKind
{
    /// <summary>Lines over time.</summary>
    Lines,

    /// <summary>Areas on top of one another over time.</summary>
    Stacked,

    /// <summary>The present values in large.</summary>
    Number,

    /// <summary>A table of the present values.</summary>
    Table,
}

/// <summary>One query of a panel.</summary>
/// <param name="Expression">PromQL; <c>$target</c>, <c>$datname</c> and <c>$__rate_interval</c> are Grafana's variables.</param>
/// <param name="Legend">What a series is called; <c>{{label}}</c> stands for a label.</param>
public sealed record PanelQuery(string Expression, string Legend);

/// <summary>One chart or table.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Help">What to look for in it.</param>
/// <param name="Kind">How it shows its values.</param>
/// <param name="Unit">How they are written.</param>
/// <param name="Queries">What it shows.</param>
public sealed record Panel(string Title, string Help, PanelKind Kind, PanelUnit Unit, params IReadOnlyList<PanelQuery> Queries)
{
    /// <summary>How many of the 24 columns it takes. Default 12.</summary>
    public int Width { get; init; } = 12;
}

/// <summary>Panels under one heading.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Panels">The panels.</param>
public sealed record PanelRow(string Title, params IReadOnlyList<Panel> Panels);

/// <summary>A dashboard for Grafana.</summary>
/// <param name="Id">Its id, which stays the same over versions.</param>
/// <param name="Title">Its title.</param>
/// <param name="ByTarget">Whether it shows one target, chosen by a variable, or all.</param>
/// <param name="Rows">What it shows.</param>
public sealed record Dashboard(string Id, string Title, bool ByTarget, params IReadOnlyList<PanelRow> Rows);
