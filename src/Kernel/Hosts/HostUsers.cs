namespace Lockkeeper.Kernel.Hosts;

/// <summary>How a command is run as another user than the one that asks.</summary>
internal static class HostUsers
{
    /// <summary>The program and arguments that run a command as its user.</summary>
    /// <param name="command">The command.</param>
    /// <param name="self">Who asks.</param>
    public static IReadOnlyList<string> Words(HostCommand command, string self)
    {
        IReadOnlyList<string> variables = command.Variables.Count == 0 ? [] : ["env", .. command.Variables.Select(one => $"{one.Key}={one.Value}")];
        IReadOnlyList<string> words = [.. variables, command.Program, .. command.Arguments];
        if (command.User is not { } user || user == self)
            return words;
        // sudo -n asks for no password: it fails at once where it would have to.
        return self == "root" ? ["runuser", "-u", user, "--", .. words] : ["sudo", "-n", "-u", user, "--", .. words];
    }
}
