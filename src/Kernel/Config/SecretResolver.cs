using System.Text;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Config;

/// <summary>Resolves <c>${env:NAME}</c>, <c>${file:PATH}</c> and <c>${exec:COMMAND}</c> inside configuration values, as late as possible.</summary>
/// <remarks><c>$${</c> stands for a literal <c>${</c>. The trailing line end of a file or of a command's output is dropped.</remarks>
/// <param name="environment">Environment variables.</param>
/// <param name="processes">Runs <c>exec</c> commands.</param>
/// <param name="redactor">Learns every resolved value, so that it is never printed.</param>
/// <param name="folder">The folder that relative paths and commands start in.</param>
public sealed class SecretResolver(IEnvironment environment, ProcessRunner processes, Redactor redactor, Func<string> folder)
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(30);

    /// <summary>The environment variables that a text refers to; nothing is read.</summary>
    /// <param name="text">A configuration value.</param>
    /// <exception cref="LockkeeperException">It is not a valid value.</exception>
    public static IReadOnlyList<string> VariablesIn(string text) => [.. SecretText.Parse(text).Where(part => part.Kind == SecretKind.Environment).Select(part => part.Text)];

    /// <summary>Resolves all references of a text.</summary>
    /// <param name="text">The configuration value.</param>
    /// <param name="cancel">Stops a command.</param>
    /// <exception cref="LockkeeperException">A reference is wrong, missing or its command failed.</exception>
    public async Task<string> ResolveAsync(string text, CancellationToken cancel)
    {
        var result = new StringBuilder();
        foreach (var part in SecretText.Parse(text))
        {
            var value = part.Kind == SecretKind.Literal ? part.Text : await ReadAsync(part, cancel);
            if (part.Kind != SecretKind.Literal)
                Learn(value);
            result.Append(value);
        }

        return result.ToString();
    }

    /// <summary>Resolves all references of a declared text; an error names its place.</summary>
    /// <param name="reference">The declared text.</param>
    /// <param name="cancel">Stops a command.</param>
    /// <exception cref="LockkeeperException">A reference is wrong, missing or its command failed.</exception>
    public async Task<string> ResolveAsync(Clusters.Placed<string> reference, CancellationToken cancel)
    {
        try
        {
            return await ResolveAsync(reference.Value, cancel);
        }
        catch (LockkeeperException e) when (e.At is null)
        {
            throw new LockkeeperException(e.Code, e.Message, e.Hint, reference.At, e) { Facts = e.Facts };
        }
    }

    /// <summary>Learns a value, and the parts of it that a program may print alone: the password of a URL, the lines of a key.</summary>
    private void Learn(string value)
    {
        redactor.Learn(value);
        if (value.Contains('\n'))
        {
            foreach (var line in value.Split('\n', StringSplitOptions.TrimEntries))
                redactor.Learn(line);
        }

        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || !url.UserInfo.Contains(':'))
            return;
        var password = url.UserInfo[(url.UserInfo.IndexOf(':', StringComparison.Ordinal) + 1)..];
        redactor.Learn(password);
        redactor.Learn(Uri.UnescapeDataString(password));
    }

    private async Task<string> ReadAsync(SecretPart part, CancellationToken cancel)
    {
        var value = part.Kind switch
        {
            SecretKind.Environment => ReadVariable(part.Text),
            SecretKind.File => await ReadFileAsync(part.Text, cancel),
            _ => await RunAsync(part.Text, cancel),
        };
        // An empty password makes some servers fall back to another way of signing in: it is never what was meant.
        return value.Length > 0 ? value : throw new LockkeeperException(
            KernelErrors.SecretMissing, $"the secret {Source(part)} is empty", "Put a value there, or write the text without a reference.");
    }

    private static string Source(SecretPart part) => part.Kind switch
    {
        SecretKind.Environment => $"in the environment variable {part.Text}",
        SecretKind.File => $"in the file {part.Text}",
        _ => $"from the command '{part.Text}'",
    };

    private string ReadVariable(string name) =>
        environment.Get(name) ?? throw new LockkeeperException(
            KernelErrors.SecretMissing, $"the environment variable {name} is not set", $"Set it, for example: export {name}=…");

    private async Task<string> ReadFileAsync(string path, CancellationToken cancel)
    {
        try
        {
            return (await File.ReadAllTextAsync(Path.Combine(folder(), path), cancel)).TrimEnd('\n', '\r');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new LockkeeperException(KernelErrors.SecretMissing, $"the secret file {path} cannot be read: {e.Message}", "Create the file, or give this user the right to read it.", inner: e);
        }
    }

    private async Task<string> RunAsync(string command, CancellationToken cancel)
    {
        var result = await processes.RunAsync(new ProcessSpec("/bin/sh", "-c", command) 
        {
            Folder = folder(), Timeout = CommandLimit, KeepLines = 10_000,
            // A secret that is resolved again is known by then, and would come back masked.
            KeepSecrets = true,
        }, cancel);
        if (result.Succeeded)
            return result.Output.TrimEnd('\n', '\r');
        // The output may hold a part of the secret, so only standard error is shown.
        throw new LockkeeperException(
            KernelErrors.SecretCommandFailed,
            result.TimedOut ? $"the secret command '{command}' did not end within {Durations.Words(CommandLimit)}" : $"the secret command '{command}' ended with exit code {result.ExitCode}",
            "Run the command by hand in the project folder to see what it says.")
        {
            Facts = [new ErrorFact("OUTPUT", redactor.Redact(string.Join('\n', result.Lines.Where(line => line.IsError).TakeLast(20).Select(line => line.Text))))],
        };
    }
}
