using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>What has to hold before the files of a change are made; each refusal says why and what to do.</summary>
/// <param name="connection">The shadow.</param>
/// <param name="reader">Reads its catalog.</param>
internal sealed class ExpandChecks(NpgsqlConnection connection, TableReader reader)
{
    /// <summary>The columns of the primary key.</summary>
    public static IReadOnlyList<string> RequireKey(TableFacts table) => table.Key.Count > 0 ? table.Key
        : throw Refused($"{table.Written} has no primary key, and its rows are filled along one", "Give the table a primary key, or write the phases by hand.");

    /// <summary>A column may be made.</summary>
    public static void RequireFree(TableFacts table, string column)
    {
        if (table.Columns.Contains(column))
            throw Refused($"{table.Written} has a column {column} already", "Choose another name.");
        RequireName(column, "a column");
    }

    /// <summary>Something may be called so.</summary>
    public static void RequireName(string name, string what)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(name) is 0 or > TableFacts.LongestName)
            throw Refused($"'{name}' cannot be the name of {what}", "PostgreSQL keeps 63 bytes of a name.");
    }

    /// <summary>Nothing hangs on a column that cannot be carried over.</summary>
    public async Task RequireNoObstaclesAsync(TableFacts table, string column, CancellationToken cancel)
    {
        var obstacles = await reader.ObstaclesAsync(table, column, cancel);
        if (obstacles.Count > 0)
        {
            throw new LockkeeperException(
                MigrateErrors.NotExpandable, $"{string.Join(", ", obstacles)} {(obstacles.Count == 1 ? "hangs" : "hang")} on {column} of {table.Written}, and would go with it",
                "Drop it in a migration before, and make it again over the new column after the expand.")
            {
                Facts = [.. obstacles.Select(obstacle => new ErrorFact("USED BY", obstacle))],
            };
        }
    }

    /// <summary>What the server refuses here it would refuse in the files.</summary>
    public async Task TryAsync(string sql, CancellationToken cancel)
    {
        try
        {
            await using var command = new NpgsqlCommand($"/* lk:migrate.expand_try */ {sql}", connection);
            await command.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException e)
        {
            throw new LockkeeperException(MigrateErrors.NotExpandable, $"the server refuses the change: {e.MessageText}", e.Hint ?? "Give another type or expression; --using makes the new value, and --back the old one.", inner: e);
        }
    }

    /// <summary>A change that cannot be made.</summary>
    public static LockkeeperException Refused(string why, string hint) => new(MigrateErrors.NotExpandable, why, hint);

    /// <summary>The name of something over new columns or a new table, made from that of the old one.</summary>
    public static string NameFor(string name, string old, string made) => name.Contains(old, StringComparison.Ordinal) ? name.Replace(old, made, StringComparison.Ordinal) : $"{name}_{made}";

    /// <summary>Words for the name of a file.</summary>
    public static string Slug(string name) => string.Join('_', new string([.. name.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_')]).Split('_', StringSplitOptions.RemoveEmptyEntries));
}
