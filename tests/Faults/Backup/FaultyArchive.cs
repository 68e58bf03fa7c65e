using System.Diagnostics;
using Lockkeeper.Tests.TestKit;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>A server with a repository that the tests of one class share, one after the other: each begins with a full backup of its own and leaves archiving at work.</summary>
public sealed class FaultyArchive : IAsyncLifetime
{
    private string? command;

    /// <summary>The server and its project.</summary>
    public BackupProject Project { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Project = await BackupProject.CreateAsync();
        await Project.SqlAsync("CREATE TABLE orders (id int, note text); INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 2000) i");
        command = await Project.Server.ScalarAsync("postgres", "SHOW archive_command");
    }

    public ValueTask DisposeAsync() => Project.DisposeAsync();

    /// <summary>A full backup, after which the repository is whole whatever a test before had done to it.</summary>
    public async Task TakeAsync()
    {
        await ArchiveByAsync();
        await RequireAsync("take", "--type", "full");
    }

    /// <summary>Runs <c>lk backup</c>, which must end well.</summary>
    public async Task<LkResult> RequireAsync(params string[] arguments)
    {
        var result = await Project.RunAsync(arguments);
        return result.ExitCode == 0 ? result : throw new InvalidOperationException(result.ToString());
    }

    /// <summary>Commits rows and fills the segment up.</summary>
    /// <returns>The name of the segment that they are in.</returns>
    public async Task<string> WriteAsync(string note)
    {
        await Project.SqlAsync($"INSERT INTO orders SELECT i, '{note}' FROM generate_series(1, 100) i");
        return (await Project.Server.ScalarAsync("postgres", "SELECT pg_walfile_name(pg_switch_wal())"))!;
    }

    /// <summary>The same, and waits until the segment is in the repository.</summary>
    /// <returns>Its file there.</returns>
    public async Task<string> ArchiveAsync(string note)
    {
        var segment = await WriteAsync(note);
        return await EventuallyAsync(() => Task.FromResult(Project.Segments().FirstOrDefault(file => Path.GetFileName(file).StartsWith(segment, StringComparison.Ordinal))));
    }

    /// <summary>Lets the server archive by another command; without one by its own.</summary>
    /// <param name="other">The command, or options that are added to its own when it begins with a dash.</param>
    public async Task ArchiveByAsync(string? other = null)
    {
        var text = other is null ? command! : other.StartsWith('-') ? command!.Replace(" archive-push", $" {other} archive-push", StringComparison.Ordinal) : other;
        await Project.SqlAsync($"ALTER SYSTEM SET archive_command = '{text.Replace("'", "''", StringComparison.Ordinal)}'; SELECT pg_reload_conf()");
    }

    /// <summary>Waits until the server has archived what it holds as archived.</summary>
    public Task ArchivedAsync(string segment) => EventuallyAsync(async () => await Project.Server.ScalarAsync("postgres", $"SELECT 'yes' FROM pg_stat_archiver WHERE last_archived_wal >= '{segment}'"));

    /// <summary>Waits for an answer that is not null.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        // A server that has failed three times tries again after a minute.
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(3); await Task.Delay(50, Cancel))
        {
            if (await ask() is { } answer)
                return answer;
        }

        throw new TimeoutException("it has not come to pass");
    }
}
