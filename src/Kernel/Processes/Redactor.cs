using System.Buffers;
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

    private readonly Lock gate = new();
    private readonly HashSet<string> secrets = new(StringComparer.Ordinal);
    private volatile Known known = new([], AreAsInJson: true);

    /// <summary>Learns a secret, also in its percent-encoded form and as it stands in JSON.</summary>
    /// <param name="secret">The value.</param>
    public void Learn(string? secret)
    {
        if (secret is null || secret.Length < ShortestSecret)
            return;
        lock (gate)
        {
            var before = secrets.Count;
            var strict = JsonEncodedText.Encode(secret).ToString();
            secrets.UnionWith([secret, Uri.EscapeDataString(secret), strict, JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString()]);
            if (secrets.Count > before)
                known = new Known([.. secrets.OrderByDescending(value => value.Length)], known.AreAsInJson && strict == secret);
        }
    }

    /// <summary>The text without the secrets.</summary>
    /// <param name="text">Any text.</param>
    public string Redact(string text)
    {
        var now = known;
        if (!now.AreIn(text))
            return text;
        foreach (var secret in now.LongestFirst)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        return text;
    }

    /// <summary>Whether a JSON text may hold a secret, perhaps in a string within a string. False is certain.</summary>
    /// <param name="json">A JSON text.</param>
    public bool MayBeIn(ReadOnlySpan<char> json)
    {
        var now = known;
        return !now.AreAsInJson || now.AreIn(json);
    }

    /// <summary>What is known at one moment.</summary>
    /// <param name="LongestFirst">All secrets in all forms: a secret within a longer one must not leave a rest of that.</param>
    /// <param name="AreAsInJson">Whether no secret has a character that JSON escapes, however often it is wrapped.</param>
    private sealed record Known(string[] LongestFirst, bool AreAsInJson)
    {
        /// <summary>A few are found fast enough one by one; to prepare a search costs every start.</summary>
        private const int Few = 8;

        private readonly Lazy<SearchValues<string>?> all = new(() => LongestFirst.Length <= Few ? null : SearchValues.Create(LongestFirst, StringComparison.Ordinal));

        public bool AreIn(ReadOnlySpan<char> text)
        {
            if (all.Value is { } search)
                return text.ContainsAny(search);
            foreach (var secret in LongestFirst)
            {
                if (text.Contains(secret, StringComparison.Ordinal))
                    return true;
            }

            return false;
        }
    }
}
