using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class SupabaseFormatTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void the_configuration_beside_the_folder_says_which_format_it_is()
    {
        folder.Write("supabase/migrations/20240101120000_first_words.sql", "SELECT 1;");
        Read().Format.ShouldBe("plain");
        folder.Write("supabase/migrations/20240102120000_.sql", "-- nothing yet");
        folder.Write("supabase/config.toml", "project_id = \"shop\"");
        var series = Read();
        (series.Format, series.FormatReason).ShouldBe(("supabase", "because of ../config.toml"));
        series.Migrations.Select(migration => migration.Title).ShouldBe(["20240101120000 first words", "20240102120000"]);
    }

    [Theory]
    [InlineData("2024_a.sql")]
    [InlineData("seed.sql")]
    public void a_name_that_supabase_passes_over_is_named(string file)
    {
        folder.Write("supabase/config.toml", "");
        folder.Write($"supabase/migrations/{file}", "SELECT 1;");
        var refused = Should.Throw<LockkeeperException>(Read);
        refused.Code.ShouldBe(MigrateErrors.BadFileName);
        refused.At!.File.ShouldBe($"supabase/migrations/{file}");
    }

    private MigrationSeries Read() => SeriesReader.Read(new DatabaseConfig { Name = "shop", Engine = "postgres", Migrations = "supabase/migrations" }, folder.Path);
}
