using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Reports;

/// <summary>What a verb answers: stable data for programs and blocks of text for people, made from the same facts.</summary>
public sealed class Report
{
    private readonly object data;
    private readonly Func<JsonTypeInfo> type;

    private Report(ExitCode exit, object data, Func<JsonTypeInfo> type, IReadOnlyList<Block> text)
    {
        Exit = exit;
        this.data = data;
        this.type = type;
        Text = text;
    }

    /// <summary>How the verb ended.</summary>
    public ExitCode Exit { get; }

    /// <summary>The text for people.</summary>
    public IReadOnlyList<Block> Text { get; }

    /// <summary>The data object itself, of the type that the verb declares.</summary>
    public object Data => data;

    /// <summary>Creates a report.</summary>
    /// <param name="data">The data; its JSON form is stable.</param>
    /// <param name="type">Gives the source-generated JSON contract of <typeparamref name="T"/>; asked for only when JSON is written.</param>
    /// <param name="text">The text for people.</param>
    /// <param name="exit">How the verb ended.</param>
    /// <typeparam name="T">The data type.</typeparam>
    public static Report Of<T>(T data, Func<JsonTypeInfo<T>> type, IReadOnlyList<Block> text, ExitCode exit = ExitCode.Done)
        where T : notnull => new(exit, data, type, text);

    /// <summary>Writes the data as JSON.</summary>
    /// <param name="writer">Where to.</param>
    public void WriteJson(Utf8JsonWriter writer) => JsonSerializer.Serialize(writer, data, type());
}
