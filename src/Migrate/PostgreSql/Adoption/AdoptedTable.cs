using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Adoption;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>The table of the tool that a series was adopted from: read with every look at the target, written with every migration.</summary>
internal static class AdoptedTable
{
    /// <summary>How every statement that writes it is tagged.</summary>
    private const string Tag = "/* lk:migrate.mirror */";

    /// <summary>Reads it; a table that cannot be read is a problem to report and not an end.</summary>
    public static async Task<AdoptedHistory> ReadAsync(NpgsqlConnection connection, AdoptionRecord adoption, CancellationToken cancel)
    {
        var tool = ForeignHistories.All.FirstOrDefault(known => known.Name == adoption.Tool);
        if (!adoption.IsKept)
            return new AdoptedHistory(adoption, tool, []);
        if (tool is null)
            return new AdoptedHistory(adoption, null, [], Problem(adoption, "this lk does not know the tool", "Use a newer lk."));
        try
        {
            var rows = await tool.ReadAsync(connection, Table(adoption), cancel);
            return new AdoptedHistory(adoption, tool, rows, (await tool.LockAsync(connection, Table(adoption), cancel))?.Refusal(adoption.Words));
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InsufficientPrivilege)
        {
            var hint = e.SqlState == PostgresErrorCodes.InsufficientPrivilege ? "Grant the role SELECT, INSERT, UPDATE and DELETE on it" : "Put it back";
            return new AdoptedHistory(adoption, tool, [], Problem(adoption, e.MessageText, $"{hint}, or stop keeping it up to date by 'lk migrate adopt --leave --yes'."));
        }
    }

    /// <summary>The commands that tell it of a migration that was applied or undone; none when there is nothing to tell.</summary>
    public static IEnumerable<ForeignStatement> Statements(ForeignMirror? mirror, bool undo)
    {
        if (mirror is null)
            return [];
        var tool = ForeignHistories.All.First(known => known.Name == mirror.Adoption.Tool);
        return undo ? tool.RolledBack(Table(mirror.Adoption), mirror.Entry) : tool.Applied(Table(mirror.Adoption), mirror.Entry);
    }

    /// <summary>The commands that renew the checksum of a migration there; none when there is nothing to renew.</summary>
    public static IEnumerable<ForeignStatement> Renewal(ForeignMirror? mirror) =>
        mirror is null ? [] : ForeignHistories.All.First(known => known.Name == mirror.Adoption.Tool).Repaired(Table(mirror.Adoption), mirror.Entry);

    /// <summary>The error of a statement that could not write it; null for any other.</summary>
    public static LockkeeperException? Explain(PostgresException error, ForeignMirror? mirror) => mirror is null || error.BatchCommand?.CommandText.StartsWith(Tag, StringComparison.Ordinal) != true
        ? null
        : new LockkeeperException(
            MigrateErrors.ForeignHistory, $"the table of {mirror.Adoption.Words} could not be kept up to date, so {mirror.Entry.Migration.Id} is not recorded: {error.MessageText}",
            "Correct the table or its grants, or stop keeping it up to date by 'lk migrate adopt --leave --yes'.", inner: error);

    public static QualifiedTable Table(AdoptionRecord adoption) => new(adoption.Schema, adoption.Table);

    private static LockkeeperException Problem(AdoptionRecord adoption, string what, string hint) => new(MigrateErrors.ForeignHistory, $"the table of {adoption.Words} cannot be read: {what}", hint);
}
