using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Kernel.Errors;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Schema;

public sealed class SchemaSnapshotTests
{
    [Fact]
    public void a_stored_snapshot_comes_back_as_it_was() =>
        Check.One(Schemas.Config, Prop.ForAll(Schemas.Any, snapshot =>
        {
            var back = SchemaSnapshot.FromBytes(snapshot.ToBytes());
            back.Objects.ShouldBe(snapshot.Objects);
            back.Fingerprint.ShouldBe(snapshot.Fingerprint);
        }));

    [Fact]
    public void the_order_in_which_objects_and_properties_come_does_not_matter() =>
        Check.One(Schemas.Config, Prop.ForAll(Schemas.Any, snapshot =>
            new SchemaSnapshot(snapshot.Objects.Reverse().Select(item => item with { Properties = [.. item.Properties.Reverse()] }))
                .Fingerprint.ShouldBe(snapshot.Fingerprint)));

    [Fact]
    public void text_that_moves_from_one_value_to_its_neighbour_is_another_schema()
    {
        static string Of(params (string Name, string Value)[] properties) =>
            new SchemaSnapshot([new SchemaObject("table", "public.t", [.. properties.Select(p => new SchemaProperty(p.Name, p.Value))])]).Fingerprint;

        Of(("a", "bc"), ("d", "e")).ShouldNotBe(Of(("a", "b"), ("cd", "e")));
        Of(("a", "bcd")).ShouldNotBe(Of(("a", "b"), ("c", "d")));
    }

    // The form is stored in every target: when this fails, old snapshots no longer compare, and the form's name must change.
    [Fact]
    public void the_fingerprint_of_a_schema_never_changes()
    {
        var snapshot = new SchemaSnapshot([new SchemaObject("column", "public.t.ä", [new SchemaProperty("type", "text"), new SchemaProperty("comment", "x\ny")])]);
        snapshot.Fingerprint.ShouldBe("e3ffe35dea5c8c448cacdb90330c0964a660c7e75a5292f88637a56ff8a98983");
    }

    [Fact]
    public void the_same_object_twice_is_refused() =>
        Should.Throw<ArgumentException>(() => new SchemaSnapshot([new SchemaObject("table", "public.t", []), new SchemaObject("table", "public.t", [])]))
            .Message.ShouldStartWith("table public.t stands twice");

    [Theory]
    [InlineData("")]
    [InlineData("no gzip")]
    [InlineData("{\"format\":1}")]
    [InlineData("{\"format\":1,\"objects\":[{\"kind\":\"table\",\"identity\":null,\"properties\":{}}]}")]
    [InlineData("{\"format\":1,\"objects\":[{\"kind\":\"t\",\"identity\":\"a\",\"properties\":{}},{\"kind\":\"t\",\"identity\":\"a\",\"properties\":{}}]}")]
    public void damaged_bytes_are_an_error_with_a_hint(string content)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(content);
        var error = Should.Throw<LockkeeperException>(() => SchemaSnapshot.FromBytes(content.StartsWith('{') ? Packed(bytes) : bytes));
        error.Code.ShouldBe(SchemaErrors.SnapshotUnreadable);
        error.Message.ShouldBe("the stored schema snapshot is damaged");
    }

    [Fact]
    public void bytes_that_end_early_are_an_error()
    {
        var bytes = new SchemaSnapshot([new SchemaObject("table", "public.t", [])]).ToBytes();
        for (var length = 1; length < bytes.Length / 2; length++)
            Should.Throw<LockkeeperException>(() => SchemaSnapshot.FromBytes(bytes[..length])).Code.ShouldBe(SchemaErrors.SnapshotUnreadable);
    }

    [Fact]
    public void a_later_format_says_which_one_it_is() =>
        Should.Throw<LockkeeperException>(() => SchemaSnapshot.FromBytes(Packed("{\"format\":2,\"objects\":[]}"u8.ToArray())))
            .Message.ShouldBe("the stored schema snapshot has format 2, and this program reads 1");

    private static byte[] Packed(byte[] json)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(bytes, System.IO.Compression.CompressionLevel.Fastest)) gzip.Write(json);
        return bytes.ToArray();
    }
}
