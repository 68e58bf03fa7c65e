using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lockkeeper.Kernel.Processes;

/// <summary>Knows the secrets of this process and takes them out of every text that is printed, logged or stored.</summary>
public sealed class Redactor
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Mask = "***";

    /// <summary>Shorter values are not masked: masking every "a" of a text would hide the text and not the secret.</summary>
    private const int ShortestSecret = 3;

    private readonly ConcurrentDictionary<string, byte> secrets = new(StringComparer.Ordinal);
    private string[] longestFirst = [];

    /// <summary>Whether no secret is known, so that nothing needs to be looked through.</summary>
    public bool IsEmpty => longestFirst.Length == 0;

    /// <summary>Learns a secret, also in its percent-encoded form and as it stands in JSON.</summary>
    /// <param name="secret">The value.</param>
    public void Learn(string? secret)
    {
        if (secret is null || secret.Length < ShortestSecret)
            return;
        secrets.TryAdd(secret, 0);
        secrets.TryAdd(Uri.EscapeDataString(secret), 0);
        // As it stands in JSON, with the strict and with the relaxed escapes.
        secrets.TryAdd(JsonEncodedText.Encode(secret).ToString(), 0);
        secrets.TryAdd(JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(), 0);
        longestFirst = [.. secrets.Keys.OrderByDescending(value => value.Length)];
    }

    /// <summary>The text without the secrets.</summary>
    /// <param name="text">Any text.</param>
    public string Redact(string text)
    {
        foreach (var secret in longestFirst)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        return text;
    }
}
