using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.PostgreSql.Backfills;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>A change of many rows in batches along the primary key, each committed by itself: row locks are held for one batch, and vacuum can follow.</summary>
internal static class Backfill
{
    private const string Directive = "-- lk: backfill";

    /// <summary>The single column of a table's primary key; null when it has none that is known, or one of several columns.</summary>
    public static string? KeyOf(KnownTable? table) =>
        table?.Constraints.FirstOrDefault(constraint => constraint is { Kind: ConstraintKind.Primary, Columns.Count: 1 })?.Columns[0];

    /// <summary>The columns of a table's primary key; none when it is not known.</summary>
    public static IReadOnlyList<string?> KeyColumnsOf(KnownTable? table) => [.. table?.Constraints.FirstOrDefault(constraint => constraint is { Kind: ConstraintKind.Primary })?.Columns ?? []];

    /// <summary>The statement with the directive by which lk runs it in batches.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="key">The key's columns; null where lk finds it by itself.</param>
    public static string Of(string statement, IReadOnlyList<string>? key = null) => $"{Directive}{(key is null ? "" : $" key: {(key.Count == 1 ? SqlName.Of(key[0]) : $"({string.Join(", ", key.Select(SqlName.Of))})")}")}\n{statement}";

    /// <summary>Whether a statement of a fix has the directive.</summary>
    public static bool Is(string statement) => statement.StartsWith(Directive, StringComparison.Ordinal);

    /// <summary>The same as a DO block, for a file that its own tool must be able to run.</summary>
    /// <param name="marked">What <see cref="Of"/> gave.</param>
    /// <param name="linted">The statement in whose place it stands.</param>
    /// <param name="reason">Why it cannot be one; null when it can.</param>
    public static string? Block(string marked, LintedStatement linted, out string? reason)
    {
        var statement = BackfillStatement.Of(SqlSplitter.Split(marked, linted.Parsed.Sql.At.File)[0], new Series.BackfillDirective([], null, null, linted.Parsed.Sql.At));
        reason = KeyOf(linted.Before.Table(QualifiedName.Full(statement.Relation, linted.Before.DefaultSchema))) is null
            ? $"{statement.Relation} has no primary key of one column that is known, and batches go along it"
            : statement.IsRepeatable ? null : "a new value is made from the old one: a run that is stopped in the middle and starts again would change some rows twice";
        return reason is null ? BatchBlock.Of(statement, KeyOf(linted.Before.Table(QualifiedName.Full(statement.Relation, linted.Before.DefaultSchema)))!) : null;
    }
}
