using System.Net;
using System.Net.Sockets;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>Finds a free port. Another program may take it before the server does, so who starts a server must be ready to try again.</summary>
internal static class FreePort
{
    /// <summary>A port of 127.0.0.1 that nobody listens on at this moment.</summary>
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
