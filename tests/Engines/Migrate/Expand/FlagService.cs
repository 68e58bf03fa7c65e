using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lockkeeper.Tests.Engines.Migrate.Expand;

/// <summary>A flag service that speaks OFREP, on loopback.</summary>
internal sealed class FlagService : IAsyncDisposable
{
    private readonly HttpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Task work;

    public FlagService()
    {
        // Somebody else may take the port between finding and using it.
        do
        {
            (listener, Url) = Start();
        }
        while (!listener.IsListening);
        work = Task.Run(ServeAsync);
    }

    public string Url { get; }

    /// <summary>What it answers: status and body.</summary>
    public (int Status, string Body) Answer { get; set; } = (200, """{"key":"k","value":false,"reason":"STATIC"}""");

    /// <summary>Whether it never answers.</summary>
    public bool IsSilent { get; set; }

    /// <summary>The last question: path, authorization and body.</summary>
    public string LastRequest { get; private set; } = "";

    public async ValueTask DisposeAsync()
    {
        if (work.IsCompleted)
            return;
        await stop.CancelAsync();
        listener.Close();
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static (HttpListener Listener, string Url) Start()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var url = $"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}";
        socket.Close();
        var made = new HttpListener { Prefixes = { url + "/" } };
        try
        {
            made.Start();
        }
        catch (HttpListenerException)
        {
            made.Close();
            return (new HttpListener(), url);
        }

        return (made, url);
    }

    private async Task ServeAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            var context = await listener.GetContextAsync();
            using var reader = new StreamReader(context.Request.InputStream);
            LastRequest = $"{context.Request.HttpMethod} {context.Request.RawUrl} {context.Request.Headers["Authorization"]} {await reader.ReadToEndAsync(stop.Token)}";
            if (IsSilent)
                continue;
            context.Response.StatusCode = Answer.Status;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Answer.Body), stop.Token);
            context.Response.Close();
        }
    }
}
