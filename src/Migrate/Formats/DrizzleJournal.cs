using System.Text.Json;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Reads the list of migrations that Drizzle keeps in <c>meta/_journal.json</c>.</summary>
internal static class DrizzleJournal
{
    /// <summary>Its entries, in the order in which they run.</summary>
    /// <param name="json">The journal.</param>
    /// <param name="shown">Its path as a user would type it.</param>
    public static IReadOnlyList<DrizzleEntry> Entries(string json, string shown)
    {
        try
        {
            using var journal = JsonDocument.Parse(json);
            // Before version 6 it was called pg.
            if (journal.RootElement.TryGetProperty("dialect", out var dialect) && dialect.GetString() is not ("postgresql" or "pg"))
            {
                throw new LockkeeperException(
                    MigrateErrors.BadScriptSettings, $"the migrations are for {dialect.GetString()}, and the database is PostgreSQL", "Point the database at the migrations for PostgreSQL.", new SourcePosition(shown, 1, 1));
            }

            return [.. journal.RootElement.GetProperty("entries").EnumerateArray().Select(entry => new DrizzleEntry(entry.GetProperty("tag").GetString()!, entry.TryGetProperty("when", out var when) && when.TryGetInt64(out var number) ? number : null))];
        }
        catch (JsonException e)
        {
            throw Unreadable(e, new SourcePosition(shown, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1));
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
        {
            throw Unreadable(e, new SourcePosition(shown, 1, 1));
        }

        LockkeeperException Unreadable(Exception e, SourcePosition at) =>
            new(MigrateErrors.BadScriptSettings, $"{shown} is not a journal of Drizzle", "Take it back from version control; drizzle-kit writes it.", at, e);
    }
}

/// <summary>An entry of the journal.</summary>
/// <param name="Tag">The name of the file without <c>.sql</c>.</param>
/// <param name="When">When it was made, in milliseconds of Unix time: what Drizzle's table knows it by.</param>
internal sealed record DrizzleEntry(string Tag, long? When);
