using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Kernel.Hosts;

/// <summary>The right to be the only one that changes an instance on a host, for as long as there is no database that could hold a lease. Held by a process there that ends with this one.</summary>
public sealed class HostLock : IAsyncDisposable
{
    private readonly OwnedProcess holder;

    private HostLock(OwnedProcess holder) => this.holder = holder;

    /// <summary>Takes it.</summary>
    /// <param name="host">Where.</param>
    /// <param name="name">Of what: letters, digits, '-', '_' and '.'.</param>
    /// <param name="user">Whose rights are used, so that all take the same.</param>
    /// <param name="wait">How long to wait for another holder.</param>
    /// <param name="redactor">Takes secrets out of what programs write.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="LockkeeperException">Another runner has it.</exception>
    public static async Task<HostLock> TakeAsync(IHost host, string name, string? user, TimeSpan wait, Redactor redactor, CancellationToken cancel)
    {
        // flock locks the folder's file for as long as the descriptor is open; cat ends with its input.
        const string script =
            """
            f=${TMPDIR:-/tmp}/lockkeeper-$(id -u)-$1.lock
            [ ! -L "$f" ] || exit 76
            exec 9>>"$f" || exit 76
            flock -w "$2" 9 || exit 75
            echo held
            exec cat >/dev/null
            """;
        var spec = await host.SpecAsync(new HostCommand("sh", "-c", script, "lk", name, ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture)) { User = user }, cancel);
        var process = OwnedProcess.Start(spec, redactor, TimeSpan.FromSeconds(5));
        try
        {
            if (await process.ReadLineAsync(cancel) == "held")
                return new HostLock(process);
            await process.WaitAsync(cancel);
            throw new LockkeeperException(KernelErrors.HostBusy, $"another run changes the instance {name} on {host.Name}", "Wait until it is done, then run the same command again.")
            {
                Facts = process.Errors.Length > 0 ? [new ErrorFact("OUTPUT", process.Errors)] : [],
            };
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => holder.DisposeAsync();
}
