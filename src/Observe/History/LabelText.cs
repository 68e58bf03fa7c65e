using System.Text;
using System.Text.Json;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.History;

/// <summary>Labels as they stand in the file: a JSON list of names and values in turn.</summary>
internal static class LabelText
{
    public static string Write(LabelSet labels)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (var (name, value) in labels.Pairs)
            {
                writer.WriteStringValue(name);
                writer.WriteStringValue(value);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    public static LabelSet Read(string text)
    {
        using var json = JsonDocument.Parse(text);
        var words = json.RootElement.EnumerateArray().Select(one => one.GetString()!).ToList();
        return LabelSet.Of(words.Chunk(2).Select(pair => new KeyValuePair<string, string>(pair[0], pair[1])));
    }
}
