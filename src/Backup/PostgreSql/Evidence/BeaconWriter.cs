using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Backup.PostgreSql.Evidence;

/// <summary>Writes beacons until it is stopped. It outlives a restart of the server: a beacon that has gone out would look like a loss.</summary>
internal static class BeaconWriter
{
    private const int TrimEvery = 3600;

    /// <summary>Writes.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="every">How often.</param>
    /// <param name="until">Until when; null for ever.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>How many rows.</returns>
    public static async Task<long> WriteAsync(ClusterConfig cluster, Workspace workspace, TimeSpan every, DateTimeOffset? until, CancellationToken cancel)
    {
        var server = PostgreSqlServer.At(await workspace.Secrets.ResolveAsync(cluster.Admin, cancel), workspace.Redactor);
        var (written, connection) = (0L, (NpgsqlConnection?)null);
        try
        {
            while (until is null || workspace.Clock.GetUtcNow() < until)
            {
                try
                {
                    if (connection is null)
                    {
                        connection = await server.OpenAsync(cancel);
                        await Beacon.EnsureAsync(connection, cancel);
                    }

                    await Beacon.WriteAsync(connection, cancel);
                    if (++written % TrimEvery == 0)
                        await Beacon.TrimAsync(connection, cancel);
                    workspace.Progress.Now($"{written} rows written");
                }
                catch (Exception e) when (ServerErrors.IsServerError(e) && written > 0)
                {
                    workspace.Progress.Say($"{workspace.Clock.GetUtcNow():HH:mm:ss} not written: {e.Message}");
                    if (connection is not null)
                        await connection.DisposeAsync();
                    connection = null;
                }

                await Task.Delay(every, workspace.Clock, cancel);
            }
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, server.Name);
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync();
        }

        return written;
    }
}
