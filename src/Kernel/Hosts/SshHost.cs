using System.Globalization;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Kernel.Hosts;

/// <summary>How another host is reached.</summary>
/// <param name="Address">Its name or address; a name of the user's ssh configuration too.</param>
/// <param name="User">Who signs in; null for what ssh takes.</param>
/// <param name="Port">The port; null for what ssh takes.</param>
/// <param name="Identity">The file of the private key; null for what ssh takes.</param>
/// <param name="KnownHosts">The file of known host keys; null for the user's.</param>
public sealed record SshAddress(string Address, string? User = null, int? Port = null, string? Identity = null, string? KnownHosts = null)
{
    /// <inheritdoc/>
    public override string ToString() => $"{(User is null ? "" : User + "@")}{Address}{(Port is null ? "" : $":{Port}")}";
}

/// <summary>Another machine by OpenSSH. One connection carries all commands; it is held by a session that ends when this program does, however that ends, so nothing stays behind.</summary>
/// <param name="address">Where.</param>
/// <param name="processes">Starts programs.</param>
/// <param name="redactor">Takes secrets out of what they write.</param>
public sealed class SshHost(SshAddress address, ProcessRunner processes, Redactor redactor) : IHost
{
    /// <summary>ssh's own failures; a command's exit code is handed through (ssh(1), EXIT STATUS).</summary>
    private const int SshFailed = 255;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim connecting = new(1, 1);
    private OwnedProcess? master;
    private DirectoryInfo? folder;
    private string? self;

    /// <inheritdoc/>
    public string Name => address.ToString();

    private string Socket => Path.Combine(folder!.FullName, "s");

    /// <inheritdoc/>
    public async Task<ProcessSpec> SpecAsync(HostCommand command, CancellationToken cancel)
    {
        await ConnectAsync(cancel);
        // The remote side hands one text to the user's shell, whatever the arguments were.
        var remote = "LC_ALL=C.UTF-8 " + string.Join(' ', HostUsers.Words(command, self!).Select(ShellText.Quote));
        return new ProcessSpec("ssh", [.. Options(), "-o", "ControlMaster=no", "-o", $"ControlPath={Socket}", "--", Destination, $"cd / && {remote}"])
        {
            Input = command.Input,
            Timeout = command.Timeout,
            OnLine = command.OnLine,
            KeepSecrets = command.KeepSecrets,
            KeepLines = command.KeepLines,
        };
    }

    /// <inheritdoc/>
    public async Task<ProcessResult> RunAsync(HostCommand command, CancellationToken cancel)
    {
        var result = await processes.RunAsync(await SpecAsync(command, cancel), cancel);
        return result.ExitCode == SshFailed && !result.TimedOut ? throw Unreachable(string.Join('\n', result.Lines.Where(line => line.IsError).Select(line => line.Text))) : result;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (master is not null)
            await master.DisposeAsync();
        master = null;
        if (folder is { Exists: true })
            folder.Delete(recursive: true);
        connecting.Dispose();
    }

    private string Destination => address.User is null ? address.Address : $"{address.User}@{address.Address}";

    private IEnumerable<string> Options()
    {
        List<string> options = ["-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "StrictHostKeyChecking=yes", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3"];
        if (address.KnownHosts is { } known)
            options.AddRange(["-o", $"UserKnownHostsFile=\"{known}\""]);
        if (address.Identity is { } identity)
            options.AddRange(["-i", identity, "-o", "IdentitiesOnly=yes"]);
        if (address.Port is { } port)
            options.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        return options;
    }

    private async Task ConnectAsync(CancellationToken cancel)
    {
        await connecting.WaitAsync(cancel);
        try
        {
            if (self is not null)
                return;
            // A socket's path has room for about 100 characters, so it cannot be in the project's folder.
            folder ??= Directory.CreateTempSubdirectory("lk-ssh-");
            master = OwnedProcess.Start(
                new ProcessSpec("ssh", [.. Options(), "-o", "ControlMaster=yes", "-o", "ControlPersist=no", "-o", $"ControlPath={Socket}", "--", Destination, "id -un && exec cat >/dev/null"]), redactor, TimeSpan.FromSeconds(1));
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(ConnectLimit);
            try
            {
                self = await master.ReadLineAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw Unreachable("no answer in time");
            }

            if (self is not null)
                return;
            // The end of the output may come before the last words on the other stream.
            await master.WaitAsync(limit.Token);
            // The runtime hands them on after it has said that the program has ended.
            for (var tries = 0; tries < 40 && master.Errors.Length == 0; tries++)
                await Task.Delay(25, cancel);
            throw Unreachable(master.Errors);
        }
        finally
        {
            connecting.Release();
        }
    }

    private LockkeeperException Unreachable(string words) => new(
        KernelErrors.HostUnreachable, $"the host {Name} cannot be reached by SSH",
        words.Contains("Host key verification failed", StringComparison.Ordinal)
            ? "Its key is not known, or has changed: compare it with the host's own, then put it into known_hosts: ssh-keyscan HOST >> FILE"
            : words.Contains("Permission denied", StringComparison.Ordinal) ? "Let the key of 'identity', or one of the agent's, into the user's authorized_keys on the host." : "Try it by hand with the same user, port and identity: ssh -o BatchMode=yes HOST true")
    {
        Facts = words.Length > 0 ? [new ErrorFact("SSH", words.Trim())] : [],
    };
}
