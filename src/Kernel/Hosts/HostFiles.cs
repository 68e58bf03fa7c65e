using System.Globalization;
using System.Text;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Kernel.Hosts;

/// <summary>A file or folder as it is on a host.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Owner">Its owner's name.</param>
/// <param name="Group">Its group's name.</param>
/// <param name="Mode">Its mode in octal digits, such as <c>600</c>.</param>
/// <param name="Bytes">Its size.</param>
public sealed record HostEntry(string Path, HostEntryKind Kind, string Owner, string Group, string Mode, long Bytes);

/// <summary>What an entry of a folder is.</summary>
public enum HostEntryKind
{
    /// <summary>A file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>Something else, such as a socket.</summary>
    Other,
}

/// <summary>A file with its text.</summary>
/// <param name="Entry">What it is.</param>
/// <param name="Text">What stands in it.</param>
public sealed record HostFile(HostEntry Entry, string Text);

/// <summary>Files of a host, through programs that every system with a shell and coreutils has: one way for this host and others, and for every user.</summary>
/// <param name="host">The host.</param>
/// <param name="user">Whose rights are used; null for those of whoever signs in.</param>
public sealed class HostFiles(IHost host, string? user = null)
{
    private const string Missing = "-";

    // One line an entry; %n stands last, since it may hold anything.
    private const string Stat = "stat -c '%F|%U|%G|%a|%s|%n' --";

    /// <summary>What there is at a path; null for nothing. A link is not followed.</summary>
    public async Task<HostEntry?> StatAsync(string path, CancellationToken cancel)
    {
        var answer = await ShellAsync($"if [ -e \"$1\" ] || [ -L \"$1\" ]; then {Stat} \"$1\"; else echo {Missing}; fi", [path], null, cancel);
        return answer.Output == Missing ? null : Entry(answer.Output);
    }

    /// <summary>What is in a folder, by name; null when there is none.</summary>
    public async Task<IReadOnlyList<HostEntry>?> ListAsync(string folder, CancellationToken cancel)
    {
        var answer = await ShellAsync($"if [ -d \"$1\" ]; then cd -- \"$1\" && find . -mindepth 1 -maxdepth 1 -exec {Stat} {{}} +; else echo {Missing}; fi", [folder], null, cancel);
        if (answer.Output == Missing)
            return null;
        return [.. answer.Lines.Where(line => !line.IsError && line.Text.Length > 0).Select(line => Entry(line.Text)).Select(one => one with { Path = Path.Combine(folder, one.Path[2..]) }).OrderBy(one => one.Path, StringComparer.Ordinal)];
    }

    /// <summary>A file; null when there is none.</summary>
    public async Task<HostFile?> ReadAsync(string path, CancellationToken cancel) => (await ReadAsync([path], cancel))[0];

    /// <summary>Files in one go, null for each that is not there.</summary>
    public async Task<IReadOnlyList<HostFile?>> ReadAsync(IReadOnlyList<string> paths, CancellationToken cancel)
    {
        // base64 keeps line ends and what is not text as they are.
        var answer = await ShellAsync($"for f; do if [ -f \"$f\" ]; then {Stat} \"$f\"; base64 -w 0 -- \"$f\"; echo; else echo {Missing}; fi; done", paths, null, cancel);
        var lines = answer.Lines.Where(line => !line.IsError).Select(line => line.Text).ToList();
        var (files, at) = (new List<HostFile?>(), 0);
        foreach (var _ in paths)
        {
            if (lines[at] == Missing)
            {
                files.Add(null);
                at++;
                continue;
            }

            files.Add(new HostFile(Entry(lines[at]), Encoding.UTF8.GetString(Convert.FromBase64String(lines[at + 1]))));
            at += 2;
        }

        return files;
    }

    /// <summary>Writes a file so that there is the old one or the whole new one at every moment, after a power cut too: aside in the same folder, onto the disk, and renamed.</summary>
    /// <param name="path">The file; its folder is there.</param>
    /// <param name="text">What stands in it.</param>
    /// <param name="mode">Its mode in octal digits.</param>
    /// <param name="owner">Its <c>user:group</c>; null for whoever writes.</param>
    /// <param name="cancel">Stops it.</param>
    public Task WriteAsync(string path, string text, string mode, string? owner, CancellationToken cancel) => ShellAsync(
        """
        set -eu
        umask 077
        folder=$(dirname -- "$1")
        name=$(basename -- "$1")
        # What a writer that was killed left of this same file.
        rm -f -- "$folder/.$name.lk-"*
        new=$(mktemp -- "$folder/.$name.lk-XXXXXXXX")
        trap 'rm -f -- "$new"' EXIT
        base64 -d > "$new"
        [ -z "$3" ] || chown -- "$3" "$new"
        chmod -- "$2" "$new"
        sync -- "$new"
        mv -fT -- "$new" "$1"
        sync -- "$folder"
        """,
        [path, mode, owner ?? ""], Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), cancel);

    /// <summary>Makes a folder with those above it; one that is there stays, its owner and mode too.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="mode">Its mode in octal digits; those above get 755.</param>
    /// <param name="owner">Its <c>user:group</c>; null for whoever makes it.</param>
    /// <param name="cancel">Stops it.</param>
    public Task MakeFolderAsync(string path, string mode, string? owner, CancellationToken cancel) => ShellAsync(
        """
        set -eu
        [ ! -d "$1" ] || exit 0
        umask 022
        mkdir -p -- "$(dirname -- "$1")"
        mkdir -m "$2" -- "$1"
        [ -z "$3" ] || chown -- "$3" "$1"
        """,
        [path, mode, owner ?? ""], null, cancel);

    /// <summary>Removes a file; nothing happens when there is none.</summary>
    public Task RemoveAsync(string path, CancellationToken cancel) => ShellAsync("rm -f -- \"$1\"", [path], null, cancel);

    /// <summary>Removes a folder with all that is in it. The caller has made sure that it is ours.</summary>
    public Task RemoveFolderAsync(string path, CancellationToken cancel) =>
        path.Trim('/').Contains('/', StringComparison.Ordinal)
            ? ShellAsync("rm -rf --one-file-system -- \"$1\"", [path], null, cancel)
            : throw new InvalidOperationException($"{path} is not a folder that a program should remove");

    /// <summary>How many bytes are free for a file at a path that need not be there yet.</summary>
    public async Task<long> FreeBytesAsync(string path, CancellationToken cancel)
    {
        var answer = await ShellAsync("d=$1; while [ ! -d \"$d\" ]; do d=$(dirname -- \"$d\"); done; df -P -k -- \"$d\" | awk 'NR == 2 { print $4 }'", [path], null, cancel);
        return long.Parse(answer.Output, CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Whether a program listens on a TCP port, on any address.</summary>
    /// <remarks>Read from /proc, which needs neither a program nor the port's owner; state 0A is LISTEN (include/net/tcp_states.h).</remarks>
    public async Task<bool> IsPortTakenAsync(int port, CancellationToken cancel)
    {
        var answer = await ShellAsync("cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v p=\":$1\" '$4 == \"0A\" && substr($2, length($2) - 4) == p { print \"taken\"; exit }'", [port.ToString("X4", CultureInfo.InvariantCulture)], null, cancel);
        return answer.Output == "taken";
    }

    private async Task<ProcessResult> ShellAsync(string script, IReadOnlyList<string> arguments, string? input, CancellationToken cancel)
    {
        var command = new HostCommand("sh", ["-c", script, "lk", .. arguments]) { User = user, Input = input, KeepSecrets = true, KeepLines = int.MaxValue };
        var result = await host.RunAsync(command, cancel);
        if (result.Succeeded)
            return result;
        // What the file holds goes to standard output only; what went wrong stands on the other stream and holds no secret.
        var errors = result with { Lines = [.. result.Lines.Where(line => line.IsError)] };
        throw HostRuns.Failed(host, arguments[0], command with { KeepSecrets = false }, errors, "Look at the rights and the disk of the folder on the host.");
    }

    private static HostEntry Entry(string line)
    {
        var fields = line.Split('|', 6);
        var kind = fields[0] switch
        {
            "directory" => HostEntryKind.Folder,
            "symbolic link" => HostEntryKind.Link,
            _ when fields[0].StartsWith("regular", StringComparison.Ordinal) => HostEntryKind.File,
            _ => HostEntryKind.Other,
        };
        return new HostEntry(fields[5], kind, fields[1], fields[2], fields[3], long.Parse(fields[4], CultureInfo.InvariantCulture));
    }
}
