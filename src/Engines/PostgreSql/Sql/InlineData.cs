namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>The inline data of <c>COPY … FROM stdin</c>: the lines after the statement, without the closing <c>\.</c>.</summary>
public sealed class InlineData
{
    private readonly ReadOnlyMemory<char> text;
    private readonly CopyDataReader? stream;

    private InlineData(ReadOnlyMemory<char> text, CopyDataReader? stream) => (this.text, this.stream) = (text, stream);

    /// <summary>No data at all: the script ends with the statement.</summary>
    public static InlineData None { get; } = new(default, null);

    /// <summary>The data in pieces. Those of a script that is read as a stream come once, and before its next statement is read.</summary>
    public IEnumerable<ReadOnlyMemory<char>> Pieces()
    {
        if (!text.IsEmpty)
            yield return text;
        while (stream?.Next() is { } piece)
            yield return piece;
    }

    /// <summary>All of it.</summary>
    public override string ToString() => string.Concat(Pieces());

    internal static InlineData Of(CopyDataReader data, bool isInWindow) => isInWindow ? new InlineData(data.Next() ?? default, null) : new InlineData(default, data);
}
