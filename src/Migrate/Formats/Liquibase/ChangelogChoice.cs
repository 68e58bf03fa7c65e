namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Which changesets and properties are meant for this database: by server, context and label.</summary>
/// <param name="Contexts">The contexts that are given; with none, every context holds.</param>
/// <param name="LabelFilter">The expression over labels; empty for all.</param>
internal sealed record ChangelogChoice(IReadOnlyList<string> Contexts, string LabelFilter)
{
    /// <summary>Why a changeset is not for this database; null when it is.</summary>
    public string? WhyNot(Changeset changeset) =>
        changeset.Ignore ? "ignore"
        : !IsForServer(changeset.Dbms) ? $"dbms {changeset.Dbms}"
        : changeset.Contexts.FirstOrDefault(context => !HoldsContext(context)) is { } context ? $"context {context}"
        : changeset.Labels.FirstOrDefault(labels => !HoldsLabels(labels)) is { } label ? $"labels {label}"
        : null;

    /// <summary>Whether a context expression holds. Without given contexts everything does, but for one with <c>@</c>, which asks for it.</summary>
    public bool HoldsContext(string expression) =>
        expression.Length == 0 || (Contexts.Count == 0 ? !expression.Contains('@', StringComparison.Ordinal) : FilterExpression.Holds(expression, Contexts));

    /// <summary>Whether the label filter holds for labels.</summary>
    public bool HoldsLabels(string labels) =>
        LabelFilter.Length == 0 || labels.Length == 0
        || FilterExpression.Holds(LabelFilter, labels.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Whether a <c>dbms</c> attribute names PostgreSQL.</summary>
    public static bool IsForServer(string dbms)
    {
        var names = dbms.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0)
            return true;
        if (names.Contains("none", StringComparer.OrdinalIgnoreCase) || names.Contains("!postgresql", StringComparer.OrdinalIgnoreCase))
            return false;
        return names.Any(name => name.Equals("all", StringComparison.OrdinalIgnoreCase) || name.Equals("postgresql", StringComparison.OrdinalIgnoreCase)) || names.All(name => name[0] == '!');
    }
}
