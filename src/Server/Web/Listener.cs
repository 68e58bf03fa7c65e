using System.Net;
using System.Net.Sockets;
using Lockkeeper.Kernel.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Lockkeeper.Server.Web;

/// <summary>Where a web server listens, and how it begins and ends.</summary>
internal static class Listener
{
    /// <summary>Reads an address of this machine and a port: <c>127.0.0.1:9180</c>, <c>localhost:0</c>, <c>[::1]:9180</c>.</summary>
    /// <exception cref="LockkeeperException">It is none (LK1601).</exception>
    public static IPEndPoint Read(string address) =>
        address.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(address.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal), out var point)
            ? point
            : throw new LockkeeperException(KernelErrors.CannotListen, $"the address {address} cannot be listened on", "Write an address of this machine and a port, for example 127.0.0.1:9187.");

    /// <summary>Answers until it is cancelled.</summary>
    /// <param name="app">What answers.</param>
    /// <param name="address">Where, for the message.</param>
    /// <param name="listening">Is told the address.</param>
    /// <param name="lastRequests">How long requests that are being answered may go on then.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="LockkeeperException">The address cannot be listened on (LK1601).</exception>
    public static async Task RunAsync(WebApplication app, string address, Action<string> listening, TimeSpan lastRequests, CancellationToken cancel)
    {
        try
        {
            await app.StartAsync(cancel);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new LockkeeperException(KernelErrors.CannotListen, $"the address {address} cannot be listened on: {e.Message}", "Choose another port with --listen, or end the program that listens there.", inner: e);
        }

        listening(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        try
        {
            await Task.Delay(Timeout.Infinite, cancel);
        }
        catch (OperationCanceledException)
        {
            using var limit = new CancellationTokenSource(lastRequests);
            await app.StopAsync(limit.Token);
        }
    }
}
