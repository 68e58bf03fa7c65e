using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Backup.PostgreSql.Drills;

/// <summary>A host that notes which programs a drill ran and what they said, so that a person can go the same way by hand. Questions to the copy and helpers of the shell are left out.</summary>
/// <param name="host">The host.</param>
internal sealed class CommandLog(IHost host) : IHost
{
    private const int MostCommands = 40, MostLines = 6, MostCharacters = 300;

    private static readonly string[] Programs = ["pgbackrest", "pg_ctl", "pg_amcheck", "pg_dump"];

    private readonly List<JsonObject> commands = [];

    public string Name => host.Name;

    /// <summary>The commands, in order, each with the end of its output.</summary>
    public JsonArray Commands
    {
        get
        {
            lock (commands)
                return [.. commands.Select(one => one.DeepClone())];
        }
    }

    public Task<ProcessSpec> SpecAsync(HostCommand command, CancellationToken cancel) => host.SpecAsync(command, cancel);

    public async Task<ProcessResult> RunAsync(HostCommand command, CancellationToken cancel)
    {
        var result = await host.RunAsync(command, cancel);
        IReadOnlyList<string> words = [command.Program, .. command.Arguments];
        // nice -n 10 PROGRAM
        var program = command.Program == "nice" && command.Arguments.Count > 2 ? command.Arguments[2] : command.Program;
        if (Programs.Contains(Path.GetFileName(program)) && !command.Arguments.Contains("info") && !command.Arguments.Contains("repo-ls") && !command.Arguments.Contains("repo-get"))
            Note(string.Join(' ', words.Select(ShellText.Quote)), command.User, result);
        return result;
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private void Note(string line, string? user, ProcessResult result)
    {
        lock (commands)
        {
            if (commands.Count == MostCommands)
                return;
            commands.Add(new JsonObject
            {
                ["command"] = line,
                ["user"] = user,
                ["exit_code"] = result.ExitCode,
                ["output"] = new JsonArray([.. result.Lines.TakeLast(MostLines).Select(one => JsonValue.Create(one.Text.Length > MostCharacters ? one.Text[..MostCharacters] + " …" : one.Text))]),
            });
        }
    }
}
