using System.Text;
using Lockkeeper.Engines.PostgreSql.Pooling;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Pooling;

public sealed class ConsoleMessagesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task rows_are_read_with_nulls_and_any_characters()
    {
        var (kind, body) = await ReadAsync('D', new MessageWriter().Bytes([0, 3]).Number(2).Bytes("ä"u8).Number(-1).Number(0));
        kind.ShouldBe('D');
        body.Values().ShouldBe(["ä", null, ""]);
    }

    [Fact]
    public async Task columns_and_the_sentence_of_an_error_are_read()
    {
        (await ReadAsync('T', new MessageWriter().Bytes([0, 1]).Text("database").Bytes(new byte[18]))).Body.Columns().ShouldBe(["database"]);
        (await ReadAsync('E', new MessageWriter().Bytes("S"u8).Text("ERROR").Bytes("M"u8).Text("no such user").Byte(0))).Body.Error().ShouldBe("no such user");
    }

    [Fact]
    public async Task a_program_that_speaks_something_else_is_told_from_a_pooler() =>
        (await Should.ThrowAsync<InvalidDataException>(() => new ConsoleMessages(new MemoryStream(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n"))).ReadAsync(Cancel))).Message.ShouldBe("what answers does not speak PostgreSQL's protocol");

    [Fact]
    public async Task what_is_cut_off_is_no_answer()
    {
        var whole = new MessageWriter().Bytes([0, 2]).Number(1).Bytes("a"u8).Number(9).Bytes("b"u8);
        Should.Throw<InvalidDataException>((await ReadAsync('D', whole)).Body.Values);
        Should.Throw<InvalidDataException>((await ReadAsync('T', new MessageWriter().Bytes([0, 1]).Bytes("name without an end"u8))).Body.Columns);
        await Should.ThrowAsync<EndOfStreamException>(() => new ConsoleMessages(new MemoryStream(whole.Message('D')[..^1])).ReadAsync(Cancel));
    }

    private static Task<(char Kind, MessageReader Body)> ReadAsync(char kind, MessageWriter body) => new ConsoleMessages(new MemoryStream(body.Message(kind))).ReadAsync(Cancel);
}
