using System.Text.Json;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Kernel.Ledger.Verbs;

/// <summary>Reads an entry's body for people.</summary>
internal static class EntryBody
{
    /// <summary>Members that say in words what happened, the most telling first.</summary>
    private static readonly string[] Telling = ["summary", "words", "message", "title", "name", "reason", "version", "outcome"];

    /// <summary>The body as JSON. A body that was tampered with may not be JSON any more: it is then shown as text.</summary>
    public static JsonElement Read(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(body, LedgerJson.Default.String);
        }
    }

    /// <summary>One line about the body.</summary>
    public static string Summary(JsonElement body)
    {
        const int Longest = 120;
        var text = Text(body).ReplaceLineEndings(" ");
        return text.Length <= Longest ? text : text[..Longest] + "…";
    }

    /// <summary>How the last word of a kind reads: <c>gate.failed</c> is bad news.</summary>
    public static Tone ToneOf(string kind) => kind[(kind.LastIndexOf('.') + 1)..] switch
    {
        "failed" or "refused" or "denied" => Tone.Bad,
        "undone" or "waiting" or "cancelled" => Tone.Warning,
        "applied" or "passed" or "granted" or "done" or "succeeded" => Tone.Good,
        _ => Tone.Plain,
    };

    private static string Text(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.String)
            return body.GetString()!;
        if (body.ValueKind != JsonValueKind.Object)
            return body.GetRawText();
        foreach (var name in Telling)
        {
            if (body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                return value.GetString()!;
        }

        return string.Join(", ", body.EnumerateObject().Where(member => IsShort(member.Value)).Select(member => $"{member.Name} {member.Value}"));
    }

    private static bool IsShort(JsonElement value) => value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
        || (value.ValueKind == JsonValueKind.String && value.GetString()!.Length <= 40);
}
