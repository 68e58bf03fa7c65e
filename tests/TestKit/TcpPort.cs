using System.Net.Sockets;

namespace Lockkeeper.Tests.TestKit;

/// <summary>Ports of other programs.</summary>
public static class TcpPort
{
    /// <summary>Whether somebody listens there now.</summary>
    public static async Task<bool> AnswersAsync(int port, string address = "127.0.0.1")
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(address, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
