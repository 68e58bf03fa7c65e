using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Kernel.Reports;

/// <summary>The answer of a verb for programs, the same from every face: one object with <c>verb</c>, <c>exit</c> and <c>data</c> or <c>error</c>.</summary>
public static class JsonAnswer
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The answer of a verb that has a report.</summary>
    /// <param name="verb">The words that call it.</param>
    /// <param name="report">The report.</param>
    /// <param name="redactor">Takes secrets out.</param>
    public static string Of(string verb, Report report, Redactor redactor) => Text(to => Write(to, verb, report, redactor));

    /// <summary>The same as UTF-8, for an answer that is sent and not kept.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="verb">The words that call it.</param>
    /// <param name="report">The report.</param>
    /// <param name="redactor">Takes secrets out.</param>
    public static void Write(IBufferWriter<byte> to, string verb, Report report, Redactor redactor) => Write(to, redactor, json =>
    {
        json.WriteString("verb", verb);
        json.WriteNumber("exit", (int)report.Exit);
        json.WritePropertyName("data");
        report.WriteJson(json);
        if (report.Error is not { } error)
            return;
        json.WritePropertyName("error");
        Write(json, error);
    });

    /// <summary>The answer of a verb that failed.</summary>
    /// <param name="verb">The words that call it; null when it is not known.</param>
    /// <param name="error">The error.</param>
    /// <param name="redactor">Takes secrets out.</param>
    public static string Of(string? verb, LockkeeperException error, Redactor redactor) => Text(to => Write(to, redactor, json =>
    {
        json.WriteString("verb", verb);
        json.WriteNumber("exit", (int)error.Exit);
        json.WritePropertyName("error");
        Write(json, error);
    }));

    private static string Text(Action<IBufferWriter<byte>> write)
    {
        using var bytes = new PooledBytes();
        write(bytes);
        return Encoding.UTF8.GetString(bytes.Written);
    }

    private static void Write(IBufferWriter<byte> to, Redactor redactor, Action<Utf8JsonWriter> members)
    {
        using var bytes = new PooledBytes();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        to.Write(MayHoldSecret(bytes.Written, redactor) ? JsonRedaction.Redact(bytes.Written, redactor, Options) : bytes.Written);
        to.Write("\n"u8);
    }

    private static bool MayHoldSecret(ReadOnlySpan<byte> json, Redactor redactor)
    {
        var text = ArrayPool<char>.Shared.Rent(json.Length);
        try
        {
            return redactor.MayBeIn(text.AsSpan(0, Encoding.UTF8.GetChars(json, text)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }
    }

    /// <summary>Writes an error as a JSON object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="error">The error.</param>
    public static void Write(Utf8JsonWriter json, LockkeeperException error)
    {
        json.WriteStartObject();
        json.WriteString("code", error.Code.Id);
        json.WriteString("message", error.Message);
        json.WriteString("hint", error.Hint);
        WritePlace(json, error.At);
        json.WriteStartArray("facts");
        foreach (var fact in error.Facts)
        {
            json.WriteStartObject();
            json.WriteString("label", fact.Label);
            json.WriteString("text", fact.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("others");
        foreach (var other in error.Others)
            Write(json, other);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, SourcePosition? at)
    {
        if (at is null)
        {
            json.WriteNull("at");
            return;
        }

        json.WriteStartObject("at");
        json.WriteString("file", at.File);
        json.WriteNumber("line", at.Line);
        json.WriteNumber("column", at.Column);
        json.WriteEndObject();
    }
}
