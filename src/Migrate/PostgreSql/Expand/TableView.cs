using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>A view that PostgreSQL passes reads and writes through, as it does for one over the plain columns of one table, with the grants of the table.</summary>
/// <param name="Written">Its name as it stands in SQL.</param>
/// <param name="Of">The table as it stands in SQL.</param>
/// <param name="Columns">The columns of the table with their names in the view, in the order of the view.</param>
/// <param name="Grants">What roles may do with the table; null for a column means all of it.</param>
/// <param name="AsInvoker">Whether the view asks for the rights of who reads it, so that policies hold; a server before 15 cannot.</param>
internal sealed record TableView(string Written, string Of, IReadOnlyList<(string Column, string Name)> Columns, IReadOnlyList<(ColumnGrant Grant, string? Column)> Grants, bool AsInvoker)
{
    /// <summary>The first version with <c>security_invoker</c>.</summary>
    public const int FirstWithInvoker = 15;

    private static readonly string[] OfViews = ["SELECT", "INSERT", "UPDATE", "DELETE"];

    /// <summary>The schema that it is made in for a version of an application; null for one that there is.</summary>
    public string? Schema { get; init; }

    /// <summary>The statements that make it.</summary>
    public IEnumerable<string> Create
    {
        get
        {
            if (Schema is { } schema)
                yield return $"CREATE SCHEMA IF NOT EXISTS {SqlName.Of(schema)}";
            var columns = Columns.Select(column => column.Column == column.Name ? SqlName.Of(column.Name) : $"{SqlName.Of(column.Column)} AS {SqlName.Of(column.Name)}");
            yield return $"CREATE VIEW {Written}{(AsInvoker ? " WITH (security_invoker = true)" : "")} AS SELECT {string.Join(", ", columns)} FROM {Of}";
            foreach (var role in Grants.Select(grant => grant.Grant.Role).Distinct())
            {
                if (Schema is { } itsSchema)
                    yield return $"GRANT USAGE ON SCHEMA {SqlName.Of(itsSchema)} TO {role}";
            }

            foreach (var (grant, column) in Grants.Where(grant => OfViews.Contains(grant.Grant.Privilege)))
            {
                // What is granted on a column that the view does not show is not granted here.
                if (column is null)
                    yield return ColumnScript.Grant(grant, grant.Privilege, Written);
                else if (Columns.FirstOrDefault(shown => shown.Column == column).Name is { } name)
                    yield return ColumnScript.Grant(grant, $"{grant.Privilege} ({SqlName.Of(name)})", Written);
            }
        }
    }

    /// <summary>The statements that remove it, and its schema with the last of a version's views.</summary>
    public IEnumerable<string> Drop
    {
        get
        {
            yield return $"DROP VIEW {Written}";
            if (Schema is { } schema)
            {
                yield return $"""
                    DO $schema$
                    BEGIN
                        IF NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = {SqlText.Literal(SqlName.Of(schema))}::regnamespace) THEN
                            DROP SCHEMA {SqlName.Of(schema)};
                        END IF;
                    END
                    $schema$
                    """;
            }
        }
    }
}
