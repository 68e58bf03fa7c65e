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

    /// <summary>Why the verb did not reach its end although it has something to report; null when it did.</summary>
    public LockkeeperException? Error { get; private init; }

    /// <summary>The same report with the error that ended the work; a face prints it as it prints errors that were thrown.</summary>
    /// <param name="error">The error, or null.</param>
    public Report WithError(LockkeeperException? error) => new(Exit, data, type, Text) { Error = error };

    /// <summary>The same report with another text.</summary>
    /// <param name="text">The text for people.</param>
    public Report WithText(IReadOnlyList<Block> text) => new(Exit, data, type, text) { Error = Error };

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
