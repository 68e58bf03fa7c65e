using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>Damages a repository, and puts back what it has damaged when it is disposed.</summary>
/// <param name="archive">The repository.</param>
internal sealed class Damage(FaultyArchive archive) : IAsyncDisposable
{
    private readonly List<Func<Task>> undo = [];

    /// <summary>The server with its repository.</summary>
    public FaultyArchive Archive => archive;

    /// <summary>A segment after the newest backup, with others after it.</summary>
    public string Segment { get; } = archive.Project.Segments()[^3];

    /// <summary>The folder of the newest full backup.</summary>
    public string FullSet { get; } = Directory.GetDirectories(Path.Combine(archive.Project.Repository, "backup", "main"), "*F").Order(StringComparer.Ordinal).Last();

    /// <summary>The largest file of that backup.</summary>
    public string Bundle => Directory.GetFiles(Path.Combine(FullSet, "bundle")).MaxBy(file => new FileInfo(file).Length)!;

    /// <summary>The manifest of the newest backup.</summary>
    public string Manifest { get; } = Path.Combine(Directory.GetDirectories(Path.Combine(archive.Project.Repository, "backup", "main"), "*I").Order(StringComparer.Ordinal).Last(), "backup.manifest");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Changes what a file holds.</summary>
    public async Task ChangeAsync(string file, Func<byte[], byte[]> change)
    {
        var whole = await File.ReadAllBytesAsync(file, Cancel);
        undo.Add(() => Repositories.OverwriteAsync(file, whole));
        await Repositories.OverwriteAsync(file, change((byte[])whole.Clone()));
    }

    /// <summary>Changes a file and its copy.</summary>
    public async Task ChangeAllAsync(string name)
    {
        foreach (var file in new[] { name, $"{name}.copy" })
            await ChangeAsync(Path.Combine(archive.Project.Repository, file), bytes => bytes[..(bytes.Length / 2)]);
    }

    /// <summary>Takes a file or a folder away.</summary>
    public Task RemoveAsync(string path)
    {
        var away = $"{archive.Project.Repository}.away-{undo.Count}";
        Directory.Move(path, away);
        undo.Add(() =>
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            Directory.Move(away, path);
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    /// <summary>Lets the server drop a segment on its way, as pgBackRest does past its limit.</summary>
    public async Task DropAsync()
    {
        // Smaller than one segment: each that is pushed is dropped.
        await archive.ArchiveByAsync("--archive-push-queue-max=1MiB");
        await archive.ArchivedAsync(await archive.WriteAsync("lost"));
        await archive.ArchiveByAsync();
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = undo.Count - 1; i >= 0; i--)
            await undo[i]();
    }
}
