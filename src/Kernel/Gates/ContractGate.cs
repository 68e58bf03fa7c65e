using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Gates;

/// <summary>What somebody who was asked about a contract answers.</summary>
/// <param name="Agrees">Whether the old form may go.</param>
/// <param name="Words">The answer as a phrase: <c>flag orders-remark is false</c>.</param>
public sealed record ContractAnswer(bool Agrees, string Words);

/// <summary>Asks those outside of the database whether an old form may go: a flag, a command, a file. Whoever does not answer does not agree.</summary>
/// <param name="config">Who is asked.</param>
/// <param name="workspace">The surroundings.</param>
public sealed class ContractGate(ContractConfig config, Workspace workspace)
{
    private const string Placeholder = "{column}";

    /// <summary>Asks all of them.</summary>
    /// <param name="column">The old column, <c>schema.table.column</c>.</param>
    /// <param name="variables">What a command needs to connect.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<ContractAnswer>> AskAsync(string column, IReadOnlyDictionary<string, string?> variables, CancellationToken cancel)
    {
        var answers = new List<ContractAnswer>();
        if (config.Flag is { } flag)
            answers.Add(await FlagAsync(flag, column, cancel));
        if (config.Run is { } command)
        {
            var result = await CommandGate.RunAsync(
                new GateConfig { Name = $"contract of {column}", Run = command, Timeout = config.Timeout }, new Dictionary<string, string?>(variables) { ["LK_CONTRACT"] = column }, workspace, cancel);
            answers.Add(new ContractAnswer(result.Passed, $"command '{command}': {(result.Passed ? "exit code 0" : result.Words)}"));
        }

        if (config.File is { } file)
            answers.Add(await FileAsync(file.Replace(Placeholder, column, StringComparison.Ordinal), cancel));
        return answers;
    }

    private async Task<ContractAnswer> FlagAsync(FlagConfig flag, string column, CancellationToken cancel)
    {
        var key = flag.Key.Replace(Placeholder, column, StringComparison.Ordinal);
        try
        {
            var token = flag.Token is null ? null : await workspace.Secrets.ResolveAsync(flag.Token, cancel);
            // OFREP (openapi.yaml of open-feature/protocol): the answer of a key's evaluation has its value; a flag that is not there is a 404.
            var answer = await OutboundHttp.PostJsonAsync(
                new Uri($"{flag.Url.TrimEnd('/')}/ofrep/v1/evaluate/flags/{Uri.EscapeDataString(key)}"),
                new JsonObject { ["context"] = new JsonObject { ["targetingKey"] = column, ["contract"] = column } }.ToJsonString(), token, flag.Timeout, cancel);
            return new ContractAnswer(answer.Status == 200 && IsTrue(answer.Body), $"flag {key} {Words(answer)}");
        }
        catch (LockkeeperException e)
        {
            return new ContractAnswer(false, $"flag {key} is not known: {e.Message}");
        }
    }

    private static string Words(HttpAnswer answer) => answer.Status switch
    {
        200 when Value(answer.Body) is { } value => $"is {(value.Length > 40 ? value[..40] : value)}",
        200 => "has no value in the answer",
        404 => "is not known to the service",
        401 or 403 => $"may not be read with this token (HTTP {answer.Status})",
        _ => $"is not known: HTTP {answer.Status}",
    };

    private static bool IsTrue(string body) => Value(body) == "true";

    private static string? Value(string body)
    {
        try
        {
            return (JsonNode.Parse(body) as JsonObject)?["value"]?.ToJsonString();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<ContractAnswer> FileAsync(string file, CancellationToken cancel)
    {
        try
        {
            var text = (await File.ReadAllTextAsync(Path.Combine(workspace.ProjectFolder, file), cancel)).Trim();
            var isSet = text.ToLowerInvariant() is "true" or "on" or "yes" or "1";
            return new ContractAnswer(isSet, $"file {file} {(isSet ? "says yes" : "does not say true, on, yes or 1")}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ContractAnswer(false, $"file {file} cannot be read");
        }
    }
}
