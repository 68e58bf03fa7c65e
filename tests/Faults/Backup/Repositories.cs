using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>What tests do to the files of a repository.</summary>
internal static class Repositories
{
    /// <summary>Writes a file over, so that owner and mode stay.</summary>
    public static async Task OverwriteAsync(string file, byte[] bytes)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
        await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
        stream.SetLength(bytes.Length);
    }
}
