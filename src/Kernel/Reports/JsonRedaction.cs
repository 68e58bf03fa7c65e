using System.Text.Json;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Kernel.Reports;

/// <summary>Takes secrets out of a JSON text value by value: in the text itself a secret may stand in escaped form.</summary>
internal static class JsonRedaction
{
    public static ReadOnlySpan<byte> Redact(ReadOnlySpan<byte> json, Redactor redactor, JsonWriterOptions options)
    {
        using var stream = new MemoryStream(json.Length);
        using (var writer = new Utf8JsonWriter(stream, options))
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
                Copy(ref reader, writer, redactor);
        }

        return stream.GetBuffer().AsSpan(0, (int)stream.Length);
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer, Redactor redactor)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: writer.WriteStartObject(); break;
            case JsonTokenType.EndObject: writer.WriteEndObject(); break;
            case JsonTokenType.StartArray: writer.WriteStartArray(); break;
            case JsonTokenType.EndArray: writer.WriteEndArray(); break;
            case JsonTokenType.PropertyName: writer.WritePropertyName(redactor.Redact(reader.GetString()!)); break;
            case JsonTokenType.String: writer.WriteStringValue(redactor.Redact(reader.GetString()!)); break;
            default: writer.WriteRawValue(reader.ValueSpan); break;
        }
    }
}
