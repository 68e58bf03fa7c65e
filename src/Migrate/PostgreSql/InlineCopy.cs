using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Runs <c>COPY … FROM stdin</c> with the data that stands in the script.</summary>
internal static class InlineCopy
{
    private const int Chunk = 64 * 1024;

    public static async Task RunAsync(NpgsqlConnection connection, string sql, ReadOnlyMemory<char> data, CancellationToken cancel)
    {
        var writer = await connection.BeginTextImportAsync(sql, cancel);
        try
        {
            for (var at = 0; at < data.Length; at += Chunk)
                await writer.WriteAsync(data.Slice(at, Math.Min(Chunk, data.Length - at)), cancel);
        }
        catch (OperationCanceledException) when (writer is NpgsqlCopyTextWriter copy)
        {
            // Disposing the writer would commit the copy; cancelling tells the server to forget it.
            await copy.CancelAsync();
            throw;
        }

        await writer.DisposeAsync();
    }
}
