using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class RailsFormatTests
{
    private const string Head = "SET statement_timeout = 0;\nSET client_encoding = 'UTF8';\nSELECT pg_catalog.set_config('search_path', '', false);\n\nCREATE TABLE public.a (x integer);\n\nSET search_path TO \"$user\", public;\n\n";
    private const string List = "INSERT INTO \"schema_migrations\" (version) VALUES\n('20240301120000'),\n('20240101120000');\n\n";

    [Fact]
    public void the_dump_is_a_baseline_at_the_newest_of_its_versions()
    {
        using var folder = new FormatFolder();
        var series = folder.Write("structure.sql", Head + List).ReadFile("structure.sql");
        (series.Format, series.FormatReason).ShouldBe(("rails", "because of structure.sql"));
        var baseline = series.Migrations.Single();
        (baseline.Id, baseline.Kind).ShouldBe(("B:20240301120000", MigrationKind.Baseline));
        folder.Ids().ShouldBe("B:20240301120000");
    }

    [Fact]
    public void the_list_of_older_rails_is_read_too()
    {
        using var folder = new FormatFolder();
        folder.Write("structure.sql", Head + "INSERT INTO schema_migrations (version) VALUES ('20140101120000');\n\nINSERT INTO schema_migrations (version) VALUES ('20150101120000');\n\n");
        folder.Ids().ShouldBe("B:20150101120000");
    }

    [Fact]
    public void the_fence_of_newer_dumps_is_taken_out_and_does_not_count()
    {
        using var folder = new FormatFolder();
        var first = folder.Write("structure.sql", "\\restrict AbC123\n\n" + Head + "\\unrestrict AbC123\n" + List).Read().Migrations.Single();
        first.Up.Text.ShouldNotContain("restrict");
        folder.Write("structure.sql", "\\restrict XyZ789\n\n" + Head + "\\unrestrict XyZ789\n" + List).Read().Migrations.Single().Up.Sha256.ShouldBe(first.Up.Sha256);
    }

    [Fact]
    public void a_dump_without_its_list_is_refused()
    {
        using var folder = new FormatFolder();
        folder.Write("structure.sql", Head);
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.BadScript);
        refused.Message.ShouldBe("migrations/structure.sql does not say which migrations are in it");
    }

    [Fact]
    public void a_second_structure_beside_it_is_named()
    {
        using var folder = new FormatFolder();
        folder.Write("structure.sql", Head + List).Write("animals_structure.sql", Head + List);
        folder.Refused().Message.ShouldBe("migrations/structure.sql is beside migrations/animals_structure.sql, and only one of them can be the database's structure");
        folder.ReadFile("animals_structure.sql").Migrations.Single().Id.ShouldBe("B:20240301120000");
    }
}
