using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Runs <c>COPY … FROM stdin</c> with the data that stands in the script.</summary>
internal static class InlineCopy
{
    private const int Chunk = 64 * 1024;

    public static async Task RunAsync(NpgsqlConnection connection, string sql, InlineData data, CancellationToken cancel)
    {
        var writer = await connection.BeginTextImportAsync(sql, cancel);
        try
        {
            foreach (var piece in data.Pieces())
            {
                for (var at = 0; at < piece.Length; at += Chunk)
                    await writer.WriteAsync(piece.Slice(at, Math.Min(Chunk, piece.Length - at)), cancel);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or LockkeeperException && writer is NpgsqlCopyTextWriter)
        {
            // Disposing the writer would commit the copy; cancelling tells the server to forget it.
            await ((NpgsqlCopyTextWriter)writer).CancelAsync();
            throw;
        }

        await writer.DisposeAsync();
    }
}
