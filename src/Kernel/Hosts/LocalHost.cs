using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Kernel.Hosts;

/// <summary>This machine.</summary>
/// <param name="processes">Starts programs.</param>
public sealed class LocalHost(ProcessRunner processes) : IHost
{
    /// <inheritdoc/>
    public string Name => "this host";

    /// <inheritdoc/>
    public Task<ProcessSpec> SpecAsync(HostCommand command, CancellationToken cancel)
    {
        var words = HostUsers.Words(command, System.Environment.UserName);
        return Task.FromResult(new ProcessSpec(words[0], [.. words.Skip(1)])
        {
            // A user that one changes to may not enter the folder that this program was called in.
            Folder = "/",
            Input = command.Input,
            Timeout = command.Timeout,
            OnLine = command.OnLine,
            KeepSecrets = command.KeepSecrets,
            KeepLines = command.KeepLines,
            // Programs' messages are read, so they must be in one language.
            Environment = new Dictionary<string, string?> { ["LC_ALL"] = "C.UTF-8", ["LANGUAGE"] = null, ["PGDATA"] = null },
        });
    }

    /// <inheritdoc/>
    public async Task<ProcessResult> RunAsync(HostCommand command, CancellationToken cancel) => await processes.RunAsync(await SpecAsync(command, cancel), cancel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
