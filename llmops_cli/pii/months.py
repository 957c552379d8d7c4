"""The names of the months in the languages of the catalogue."""

MONTHS = {name: number for number, names in enumerate((
    "jan january januar januari janvier enero ene gennaio gen janeiro stycznia января", "feb february februar februari février fevrier febrero febbraio fevereiro fev lutego февраля",
    "mar march märz maerz maart mars marzo março marco marca марта", "apr april avril abril abr aprile kwietnia апреля", "may mai mayo maggio mag maio mei maja мая", "jun june juni juin junio giugno giu junho czerwca июня",
    "jul july juli juillet julio luglio lug julho lipca июля", "aug august augustus août aout agosto ago sierpnia августа", "sep sept september septembre septiembre settembre set setembro września сентября",
    "oct october oktober okt octobre octubre ottobre ott outubro out października октября", "nov november novembre noviembre novembro listopada ноября",
    "dec december dezember dez décembre decembre diciembre dic dicembre dezembro grudnia декабря"), 1) for name in names.split()}
