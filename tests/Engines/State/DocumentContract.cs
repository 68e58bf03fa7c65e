using Lockkeeper.Engines.PostgreSql.State;
using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.State;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.State;

/// <summary>What every store of documents does, wherever it keeps them.</summary>
public abstract class DocumentContract : IAsyncLifetime
{
    protected abstract IDocumentStore Documents { get; }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public void what_was_put_is_read_back_by_kind_in_the_order_of_the_keys()
    {
        Documents.Put("job", "b", "zwölf ✓");
        Documents.Put("job", "a_1", "one");
        Documents.Put("job", "a-1", "two");
        Documents.Put("job", "B", "three");
        Documents.Put("other", "a", "x");
        Documents.All("job").Select(pair => pair.Key).ShouldBe(["B", "a-1", "a_1", "b"], "keys sort by their bytes");
        Documents.All("job", 2).Select(pair => pair.Value).ShouldBe(["one", "zwölf ✓"]);
        Documents.Put("job", "b", "changed");
        Documents.Get("job", "b").ShouldBe("changed");
        Documents.Put("job", "b", null);
        Documents.Get("job", "b").ShouldBeNull();
        Documents.Get("job", "x' OR '1'='1").ShouldBeNull();
    }

    [Fact]
    public void a_document_is_exchanged_only_for_the_one_that_was_read()
    {
        Documents.Swap("k", "a", "x", "y").ShouldBeFalse();
        Documents.Swap("k", "a", null, null).ShouldBeTrue();
        Documents.Swap("k", "a", null, "1").ShouldBeTrue();
        Documents.Swap("k", "a", null, "2").ShouldBeFalse();
        Documents.Swap("k", "a", null, null).ShouldBeFalse();
        Documents.Swap("k", "a", "2", "3").ShouldBeFalse();
        Documents.Swap("k", "a", "1", "3").ShouldBeTrue();
        Documents.Swap("k", "a", "1", null).ShouldBeFalse();
        Documents.Swap("k", "a", "3", null).ShouldBeTrue();
        Documents.Get("k", "a").ShouldBeNull();
    }

    [Fact]
    public async Task of_many_that_want_the_same_one_gets_it()
    {
        Documents.Put("k", "n", "0");
        var won = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), new ParallelOptions { MaxDegreeOfParallelism = 8 }, (_, _) =>
        {
            if (Documents.Swap("k", "first", null, "mine"))
                Interlocked.Increment(ref won);
            while (true)
            {
                var read = Documents.Get("k", "n")!;
                if (Documents.Swap("k", "n", read, $"{int.Parse(read) + 1}"))
                    return ValueTask.CompletedTask;
            }
        });
        won.ShouldBe(1);
        Documents.Get("k", "n").ShouldBe("40");
    }
}

/// <summary>Documents in a file.</summary>
public sealed class SqliteDocumentTests : DocumentContract
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lk-documents-");
    private DocumentFile file = null!;

    protected override IDocumentStore Documents => file;

    public override ValueTask InitializeAsync()
    {
        file = DocumentFile.Open(Path.Combine(folder.FullName, "state.server.db"));
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        file.Dispose();
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Documents in PostgreSQL.</summary>
public sealed class PostgreSqlDocumentTests : DocumentContract
{
    private TestDatabase database = null!;

    protected override IDocumentStore Documents => PostgreSqlDocuments.Open(StateDatabase.At(database.Url, new Redactor()), TimeProvider.System);

    public override async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public override ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task sessions_that_the_server_has_ended_are_replaced()
    {
        Documents.Put("k", "a", "1");
        await database.ScalarAsync("SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        Documents.Swap("k", "a", "1", "2").ShouldBeTrue();
        Documents.Get("k", "a").ShouldBe("2");
    }
}
